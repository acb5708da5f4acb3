import {
  atomics,
  block,
  branch,
  branchIf,
  call,
  defineFunction,
  drop,
  forRange,
  i32,
  ifThen,
  loop
} from '../encoder/index.ts'
import type { Code, FunctionRef, Local, Module } from '../encoder/index.ts'
import { control } from './control.ts'
import type { Perform } from './dispatch.ts'
import type { Tables } from './tables.ts'
import { gateLine, record, taskBytes } from './tables.ts'

/** Where the tables lie, and each thread's scratch memory. */
export interface Places {
  readonly tables: Pick<Tables, 'records' | 'recordBytes' | 'gates' | 'gateBytes'>
  readonly scratch: number
  readonly scratchBytes: number
  readonly threads: number
}

export type WorkFunction = FunctionRef<readonly ['i32', 'i32'], 'none'>

/** Does the task whose entry lies at `entry`. */
export const performAt = (perform: Perform, entry: Code<'i32'>, scratch: Code<'i32'>): Code =>
  call(perform, i32.load(entry), i32.load(entry, 4), scratch)

/** Does whatever tasks of a region are left, the thread's own first: `work(region, thread)`. */
export const defineWork = (
  module: Module,
  perform: Perform,
  { tables, scratch, scratchBytes, threads }: Places
): WorkFunction =>
  defineFunction(module, { params: ['i32', 'i32'] }, (scope, region, thread) => {
    const local = (): Local<'i32'> => scope.local('i32')
    const [entry, gates, gate, end, task, done, turn, run, own] = [
      local(), local(), local(), local(), local(), local(), local(), local(), local()
    ] // prettier-ignore
    return [
      entry.set(i32.add(i32.mul(region, tables.recordBytes), tables.records)),
      gates.set(i32.add(i32.mul(region, tables.gateBytes), tables.gates)),
      own.set(i32.add(i32.mul(thread, scratchBytes), scratch)),
      done.set(0),
      forRange(turn, 0, threads, 1, [
        run.set(i32.add(thread, turn)),
        ifThen(i32.geS(run, threads), run.set(i32.sub(run, threads))),
        gate.set(i32.add(gates, i32.mul(run, gateLine))),
        end.set(i32.load(i32.add(entry, i32.mul(run, 4)), record.bounds + 4)),
        block((empty) =>
          loop((next) => [
            branchIf(empty, i32.geS(atomics.load(gate), end)),
            task.set(atomics.add(gate, 1)),
            branchIf(empty, i32.geS(task, end)),
            performAt(perform, i32.add(i32.load(entry, record.tasks), i32.mul(task, taskBytes)), own),
            done.set(i32.add(done, 1)),
            branch(next)
          ])
        )
      ]),
      ifThen(done, [
        ifThen(thread, drop(atomics.add(control.helped, done))),
        gates.set(i32.add(gates, threads * gateLine)),
        drop(atomics.add(gates, done)),
        ifThen(atomics.load(control.waiting), drop(atomics.notify(gates, 1)))
      ])
    ]
  })

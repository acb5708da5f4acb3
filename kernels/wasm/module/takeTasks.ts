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
import type { Code, FunctionRef, Module } from '../encoder/index.ts'
import { control } from './protocol.ts'
import type { Perform } from './perform.ts'
import type { RegionTable } from './regionTable.ts'
import { finishedOf, gatesOf, line, record, recordOf, taskBytes } from './regionTable.ts'

/** The memory of threads: the table that all of them read, and scratch memory of each one's own. Addresses in bytes. */
export interface ThreadMemory {
  readonly table: RegionTable
  /** Scratch memory of thread 0. */
  readonly scratch: number
  /** Bytes from there to that of the next thread. */
  readonly scratchBytes: number
}

export type TakeTasks = FunctionRef<Readonly<Record<'region' | 'thread', 'i32'>>, 'none'>

/** Does the task that lies at `task` in the table. */
export const performAt = (perform: Perform, task: Code<'i32'>, scratch: Code<'i32'>): Code =>
  call(perform, { stage: i32.load(task), task: i32.load(task, 4), scratch })

/**
 * Defines the function by which a thread does whatever tasks of a region nobody has taken yet: first those of its own
 * run, then those of the runs after it, in a circle. At the end it adds how many they were to the region's count.
 */
export const defineTakeTasks = (
  module: Module,
  perform: Perform,
  { table, scratch, scratchBytes }: ThreadMemory
): TakeTasks =>
  defineFunction(module, { params: { region: 'i32', thread: 'i32' } }, (scope, { region, thread }) => {
    const { threads } = table
    const [entry, gates, gate, end, task, done, turn, run, own] = scope.locals('i32', 9)
    return [
      entry.set(recordOf(table, region)),
      gates.set(gatesOf(table, region)),
      own.set(i32.add(i32.mul(thread, scratchBytes), scratch)),
      done.set(0),
      forRange(turn, 0, threads, 1, [
        run.set(i32.add(thread, turn)),
        ifThen(i32.geS(run, threads), run.set(i32.sub(run, threads))),
        gate.set(i32.add(gates, i32.mul(run, line))),
        end.set(i32.load(i32.add(entry, i32.mul(run, 4)), record.bounds + 4)),
        block((shut) =>
          loop((next) => [
            // Looked at first, since every addition takes the cache line away from the other threads.
            branchIf(shut, i32.geS(atomics.load(gate), end)),
            task.set(atomics.add(gate, 1)),
            branchIf(shut, i32.geS(task, end)),
            performAt(perform, i32.add(i32.load(entry, record.tasks), i32.mul(task, taskBytes)), own),
            done.set(i32.add(done, 1)),
            branch(next)
          ])
        )
      ]),
      ifThen(done, [
        ifThen(thread, drop(atomics.add(control.helped, done))),
        gates.set(finishedOf(table, gates)),
        drop(atomics.add(gates, done)),
        ifThen(atomics.load(control.waiting), drop(atomics.notify(gates, 1)))
      ])
    ]
  })

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
  leave,
  loop
} from '../encoder/index.ts'
import type { Body, Local, Module } from '../encoder/index.ts'
import { control, outcome } from './control.ts'
import type { Perform } from './dispatch.ts'
import { defineHelp } from './help.ts'
import { gateLine, record, taskBytes } from './tables.ts'
import type { Places, WorkFunction } from './work.ts'
import { defineWork, performAt } from './work.ts'

/**
 * Looks at the count of tasks done before the first thread goes to sleep: some 15 microseconds. If a helper takes longer,
 * the processors may be taken, and this thread had better make room.
 */
const spins = 12_000
/** Nanoseconds of one sleep, and sleeps after which a helper that has a task counts as dead. */
const nap = 10_000_000n
const naps = 1500

const everyone = 0x7fffffff

/** The first thread opens a region, works on it, and waits for those who help. Leaves with what went wrong, if anything did. */
const shared = (
  { tables, threads }: Places,
  work: WorkFunction,
  region: Local<'i32'>,
  entry: Local<'i32'>,
  local: () => Local<'i32'>
): Body => {
  const [gates, done, count, left, seen] = [local(), local(), local(), local(), local()]
  const finished = (exit: Parameters<Parameters<typeof block>[0]>[0]): Body => [
    seen.set(atomics.load(done)),
    branchIf(exit, i32.eq(seen, count))
  ]
  return [
    gates.set(i32.add(i32.mul(region, tables.gateBytes), tables.gates)),
    done.set(i32.add(gates, threads * gateLine)),
    count.set(i32.load(entry, record.count)),
    atomics.store(done, 0),
    Array.from({ length: threads }, (_, n) =>
      atomics.store(gates, i32.load(entry, record.bounds + n * 4), n * gateLine)
    ),
    atomics.store(control.region, region),
    drop(atomics.add(control.epoch, 1)),
    ifThen(atomics.load(control.sleepers), drop(atomics.notify(control.epoch, everyone))),
    call(work, region, 0),
    block((exit) => [
      left.set(spins),
      loop((again) => [finished(exit), left.set(i32.sub(left, 1)), branchIf(again, left)]),
      left.set(naps),
      loop((again) => [
        ifThen(atomics.load(control.fault), leave(i32.const(outcome.trapped))),
        ifThen(i32.eqz(left), leave(i32.const(outcome.stuck))),
        atomics.store(control.waiting, 1),
        seen.set(atomics.load(done)),
        ifThen(i32.ne(seen, count), drop(atomics.wait32(done, seen, nap))),
        atomics.store(control.waiting, 0),
        finished(exit),
        left.set(i32.sub(left, 1)),
        branch(again)
      ])
    ])
  ]
}

/** `step(from, to)`: those regions, on the first thread. */
export const defineStep = (module: Module, perform: Perform, places: Places): void => {
  const { tables, scratch, threads } = places
  const work = threads > 1 ? defineWork(module, perform, places) : undefined
  defineFunction(module, { params: ['i32', 'i32'], result: 'i32', export: 'step' }, (scope, from, to) => {
    const local = (): Local<'i32'> => scope.local('i32')
    const [region, entry, task, end] = [local(), local(), local(), local()]
    const alone: Body = [
      task.set(i32.load(entry, record.tasks)),
      end.set(i32.add(task, i32.mul(i32.load(entry, record.count), taskBytes))),
      forRange(task, task, end, taskBytes, performAt(perform, task, i32.const(scratch)))
    ]
    return [
      forRange(region, from, to, 1, [
        entry.set(i32.add(i32.mul(region, tables.recordBytes), tables.records)),
        work === undefined
          ? alone
          : ifThen(i32.load(entry, record.parallel), shared(places, work, region, entry, local), alone)
      ]),
      leave(i32.const(outcome.done))
    ]
  })
  if (work !== undefined) defineHelp(module, work)
}

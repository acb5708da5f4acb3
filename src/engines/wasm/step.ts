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
} from '../../../kernels/wasm/encoder/index.ts'
import type { Body, Code, FunctionRef, Local, Module } from '../../../kernels/wasm/encoder/index.ts'
import { control, outcome } from './control.ts'
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

/**
 * Looks at a word before a thread goes to sleep: some 15 microseconds of the first thread, which waits for a task to end
 * and had better make room if the processors are taken, and 50 of a helper, for whom the next region is to come.
 */
const spins = 12_000
const helperSpins = 40_000
/** Nanoseconds of one sleep of the first thread, and sleeps after which a helper that has a task counts as dead. */
const nap = 10_000_000n
const naps = 1500
/** The same for helpers, who then go back to their event loop. */
const helperNap = 10_000_000n
const helperNaps = 5

const everyone = 0x7fffffff

/** Does the task whose entry lies at `entry`. */
const performAt = (perform: Perform, entry: Code<'i32'>, scratch: Code<'i32'>): Code =>
  call(perform, i32.load(entry), i32.load(entry, 4), scratch)

/** Does whatever tasks of a region are left, the thread's own first: `work(region, thread)`. */
const defineWork = (
  module: Module,
  perform: Perform,
  { tables, scratch, scratchBytes, threads }: Places
): FunctionRef<readonly ['i32', 'i32'], 'none'> =>
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

/** The first thread opens a region, works on it, and waits for those who help. Leaves with what went wrong, if anything did. */
const shared = (
  { tables, threads }: Places,
  work: FunctionRef<readonly ['i32', 'i32'], 'none'>,
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

/** `help(thread)`: works on every region that opens, until there is nothing to do for a while. Gives the last epoch seen. */
const defineHelp = (module: Module, work: FunctionRef<readonly ['i32', 'i32'], 'none'>): void => {
  defineFunction(module, { params: ['i32'], result: 'i32', export: 'help' }, (scope, thread) => {
    const local = (): Local<'i32'> => scope.local('i32')
    const [seen, left] = [local(), local()]
    return [
      loop((next) => [
        seen.set(atomics.load(control.epoch)),
        call(work, atomics.load(control.region), thread),
        block((opened) => [
          left.set(helperSpins),
          loop((again) => [
            branchIf(opened, i32.ne(atomics.load(control.epoch), seen)),
            left.set(i32.sub(left, 1)),
            branchIf(again, left)
          ]),
          left.set(helperNaps),
          loop((again) => [
            ifThen(i32.or(atomics.load(control.leave), i32.eqz(left)), leave(seen)),
            drop(atomics.add(control.sleepers, 1)),
            drop(atomics.wait32(control.epoch, seen, helperNap)),
            drop(atomics.sub(control.sleepers, 1)),
            branchIf(opened, i32.ne(atomics.load(control.epoch), seen)),
            left.set(i32.sub(left, 1)),
            branch(again)
          ])
        ]),
        branch(next)
      ]),
      leave(seen)
    ]
  })
}

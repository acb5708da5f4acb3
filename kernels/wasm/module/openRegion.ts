import { atomics, block, branch, branchIf, call, drop, i32, ifThen, leave, loop } from '../encoder/index.ts'
import type { Body, Label, Local, Scope } from '../encoder/index.ts'
import { control, outcome } from './protocol.ts'
import type { RegionTable } from './regionTable.ts'
import { finishedOf, gatesOf, line, record } from './regionTable.ts'
import type { TakeTasks } from './takeTasks.ts'

/**
 * How often thread 0 looks at the count of finished tasks before it sleeps: for some 15 microseconds. Where a helper takes
 * longer, the machine may have no processor for it while this thread looks.
 */
const spins = 12_000
/** Nanoseconds of one sleep, and sleeps after which a helper that has a task counts as dead. */
const nap = 10_000_000n
const naps = 1500

const everyone = 0x7fffffff

/**
 * Code by which thread 0 opens the parallel region whose record lies at `entry`, works on it, and waits for those who
 * help (steps 1 to 5 of protocol.ts). It leaves the function with an `outcome` where a helper trapped or is stuck.
 */
export const openRegion = (
  scope: Scope,
  table: RegionTable,
  takeTasks: TakeTasks,
  { region, entry }: Readonly<Record<'region' | 'entry', Local<'i32'>>>
): Body => {
  const [gates, finished, count, left, seen] = scope.locals('i32', 5)
  const exitIfAllDone = (exit: Label): Body => [seen.set(atomics.load(finished)), branchIf(exit, i32.eq(seen, count))]
  return [
    gates.set(gatesOf(table, region)),
    finished.set(finishedOf(table, gates)),
    count.set(i32.load(entry, record.count)),
    atomics.store(finished, 0),
    Array.from({ length: table.threads }, (_, thread) =>
      atomics.store(gates, i32.load(entry, record.bounds + thread * 4), thread * line)
    ),
    atomics.store(control.region, region),
    drop(atomics.add(control.epoch, 1)),
    ifThen(atomics.load(control.sleepers), drop(atomics.notify(control.epoch, everyone))),
    call(takeTasks, { region, thread: 0 }),
    block((exit) => [
      left.set(spins),
      loop((again) => [exitIfAllDone(exit), left.set(i32.sub(left, 1)), branchIf(again, left)]),
      left.set(naps),
      loop((again) => [
        ifThen(atomics.load(control.fault), leave(i32.const(outcome.trapped))),
        ifThen(i32.eqz(left), leave(i32.const(outcome.stuck))),
        atomics.store(control.waiting, 1),
        seen.set(atomics.load(finished)),
        ifThen(i32.ne(seen, count), drop(atomics.wait32(finished, seen, nap))),
        atomics.store(control.waiting, 0),
        exitIfAllDone(exit),
        left.set(i32.sub(left, 1)),
        branch(again)
      ])
    ])
  ]
}

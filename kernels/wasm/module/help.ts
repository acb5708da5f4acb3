import {
  atomics,
  block,
  branch,
  branchIf,
  call,
  defineFunction,
  drop,
  i32,
  ifThen,
  leave,
  loop
} from '../encoder/index.ts'
import type { Module } from '../encoder/index.ts'
import { control } from './protocol.ts'
import type { TakeTasks } from './takeTasks.ts'

/** How often a helper looks at the epoch before it sleeps: for some 50 microseconds, in which the next region mostly opens. */
const spins = 40_000
/** Nanoseconds of one sleep, and sleeps after which a helper goes back to its event loop. */
const nap = 10_000_000n
const naps = 5

/**
 * Defines and exports `help(thread)`, which a helper runs: it takes tasks of every region that opens, until none has
 * opened for 50 ms or `leave` is set. The result is the last epoch that it has seen.
 */
export const defineHelp = (module: Module, takeTasks: TakeTasks): void => {
  defineFunction(module, { params: { thread: 'i32' }, result: 'i32', export: 'help' }, (scope, { thread }) => {
    const [seen, left] = scope.locals('i32', 2)
    return [
      loop((next) => [
        seen.set(atomics.load(control.epoch)),
        call(takeTasks, { region: atomics.load(control.region), thread }),
        block((opened) => [
          left.set(spins),
          loop((again) => [
            branchIf(opened, i32.ne(atomics.load(control.epoch), seen)),
            left.set(i32.sub(left, 1)),
            branchIf(again, left)
          ]),
          left.set(naps),
          loop((again) => [
            ifThen(i32.or(atomics.load(control.leave), i32.eqz(left)), leave(seen)),
            drop(atomics.add(control.sleepers, 1)),
            drop(atomics.wait32(control.epoch, seen, nap)),
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

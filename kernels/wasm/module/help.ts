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
import type { Local, Module } from '../encoder/index.ts'
import { control } from './control.ts'
import type { WorkFunction } from './work.ts'

/** Looks at the epoch before a helper goes to sleep: some 50 microseconds, in which the next region is to come. */
const spins = 40_000
/** Nanoseconds of one sleep, and sleeps after which a helper goes back to its event loop. */
const nap = 10_000_000n
const naps = 5

/** `help(thread)`: works on every region that opens, until there is nothing to do for a while. Gives the last epoch seen. */
export const defineHelp = (module: Module, work: WorkFunction): void => {
  defineFunction(module, { params: ['i32'], result: 'i32', export: 'help' }, (scope, thread) => {
    const local = (): Local<'i32'> => scope.local('i32')
    const [seen, left] = [local(), local()]
    return [
      loop((next) => [
        seen.set(atomics.load(control.epoch)),
        call(work, atomics.load(control.region), thread),
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

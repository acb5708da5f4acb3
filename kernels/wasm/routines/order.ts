import {
  block,
  branch,
  branchIf,
  call,
  defineFunction,
  f64,
  forRange,
  i32,
  ifThen,
  leave,
  loop,
  select,
  sharedFunction
} from '../encoder/index.ts'
import type { Code, Module, Operand } from '../encoder/index.ts'
import { element } from './vectors.ts'

/** src/primitives/reference/order.ts over doubles and indices in memory. */

type I32 = Operand<'i32'>

/** Defines what writes the places of the n doubles at d, ascending, at `order`. */
export const ascendingOrder = (module: Module): ((d: I32, order: I32, n: I32) => Code) => {
  const params = { d: 'i32', order: 'i32', n: 'i32' } as const
  const ref = sharedFunction(module, 'ascendingOrder', () =>
    defineFunction(module, { params }, (scope, { d, order, n }) => {
      const [i, at, before] = scope.locals('i32', 3)
      const value = (place: I32): Code<'f64'> => f64.load(element(d, place))
      return forRange(i, 0, n, 1, [
        at.set(i32.add(order, i32.mul(i, 4))),
        block((placed) => [
          loop((again) => [
            branchIf(placed, i32.leU(at, order)),
            before.set(i32.load(i32.sub(at, 4))),
            branchIf(placed, i32.eqz(f64.lt(value(i), value(before)))),
            i32.store(at, before),
            at.set(i32.sub(at, 4)),
            branch(again)
          ])
        ]),
        i32.store(at, i)
      ])
    })
  )
  return (d, order, n) => call(ref, { d, order, n })
}

/**
 * Defines what replaces by their mean numbers of which each lies within `units` of the first of its run: relative to that
 * first one, or by an absolute width where `relative` is 0.
 */
export const mergeTies = (
  module: Module
): ((d: I32, order: I32, n: I32, width: Operand<'f64'>, relative: Operand<'f64'>) => Code) => {
  const params = { d: 'i32', order: 'i32', n: 'i32', width: 'f64', relative: 'f64' } as const
  const ref = sharedFunction(module, 'mergeTies', () =>
    defineFunction(module, { params }, (scope, { d, order, n, width, relative }) => {
      const [start, end, i] = scope.locals('i32', 3)
      const [first, sum, limit] = scope.locals('f64', 3)
      const address = (place: I32): Code<'i32'> => i32.add(d, i32.mul(i32.load(i32.add(order, i32.mul(place, 4))), 8))
      return [
        start.set(0),
        block((done) => [
          loop((again) => [
            branchIf(done, i32.geS(start, n)),
            first.set(f64.load(address(start))),
            limit.set(f64.add(width, f64.mul(relative, f64.abs(first)))),
            end.set(start),
            sum.set(0),
            block((apart) => [
              loop((more) => [
                branchIf(apart, i32.geS(end, n)),
                branchIf(apart, i32.eqz(f64.le(f64.abs(f64.sub(f64.load(address(end)), first)), limit))),
                sum.set(f64.add(sum, f64.load(address(end)))),
                end.set(i32.add(end, 1)),
                branch(more)
              ])
            ]),
            branchIf(done, i32.eq(end, start)),
            ifThen(i32.gtS(i32.sub(end, start), 1), [
              sum.set(f64.div(sum, f64.convertI32S(i32.sub(end, start)))),
              forRange(i, start, end, 1, f64.store(address(i), sum))
            ]),
            start.set(end),
            branch(again)
          ])
        ])
      ]
    })
  )
  return (d, order, n, width, relative) => call(ref, { d, order, n, width, relative })
}

/** Defines what gives the sign, 1 or -1, of the first of n doubles that is at least nine tenths of the largest. */
export const signOf = (module: Module): ((v: I32, n: I32) => Code<'f64'>) => {
  const ref = sharedFunction(module, 'signOf', () =>
    defineFunction(module, { params: { v: 'i32', n: 'i32' }, result: 'f64' }, (scope, { v, n }) => {
      const [at, end] = scope.locals('i32', 2)
      const largest = scope.local('f64')
      return [
        end.set(element(v, n)),
        at.set(v),
        loop((again) => [
          largest.set(f64.max(largest, f64.abs(f64.load(at)))),
          at.set(i32.add(at, 8)),
          branchIf(again, i32.ltU(at, end))
        ]),
        largest.set(f64.mul(0.9, largest)),
        block((found) => [
          loop((again) => [
            branchIf(found, i32.geU(v, i32.sub(end, 8))),
            branchIf(found, i32.eqz(f64.lt(f64.abs(f64.load(v)), largest))),
            v.set(i32.add(v, 8)),
            branch(again)
          ])
        ]),
        leave(select('f64', f64.lt(f64.load(v), 0), -1, 1))
      ]
    })
  )
  return (v, n) => call(ref, { v, n })
}

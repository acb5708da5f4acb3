import { call, defineFunction, f32, f64, forRange, i32, leave, sharedFunction } from '../encoder/index.ts'
import type { Code, Module, Operand } from '../encoder/index.ts'
import { asymmetry } from '../../../src/primitives/reference/symmetric.ts'

/**
 * Defines what reads the symmetric part of the n x n floats at `from` as doubles at `to`. Calls give whether they are
 * symmetric up to rounding and finite.
 */
export const readSymmetric = (
  module: Module
): ((from: Operand<'i32'>, to: Operand<'i32'>, n: Operand<'i32'>) => Code<'i32'>) => {
  const params = { from: 'i32', to: 'i32', n: 'i32' } as const
  const ref = sharedFunction(module, 'readSymmetric', () =>
    defineFunction(module, { params, result: 'i32' }, (scope, { from, to, n }) => {
      const [i, j, row, column] = scope.locals('i32', 4)
      const [below, above, mean, largest, apart] = scope.locals('f64', 5)
      return [
        forRange(i, 0, n, 1, [
          forRange(j, 0, i32.add(i, 1), 1, [
            row.set(i32.add(i32.mul(i, n), j)),
            column.set(i32.add(i32.mul(j, n), i)),
            below.set(f64.promoteF32(f32.load(i32.add(from, i32.mul(row, 4))))),
            above.set(f64.promoteF32(f32.load(i32.add(from, i32.mul(column, 4))))),
            mean.set(f64.mul(0.5, f64.add(below, above))),
            f64.store(i32.add(to, i32.mul(row, 8)), mean),
            f64.store(i32.add(to, i32.mul(column, 8)), mean),
            largest.set(f64.max(largest, f64.add(f64.abs(below), f64.abs(above)))),
            apart.set(f64.max(apart, f64.abs(f64.sub(below, above))))
          ])
        ]),
        leave(i32.and(f64.lt(largest, Infinity), f64.le(apart, f64.mul(asymmetry.float32, largest))))
      ]
    })
  )
  return (from, to, n) => call(ref, { from, to, n })
}

import {
  call,
  defineFunction,
  f64,
  f64x2,
  forRange,
  i32,
  ifThen,
  leave,
  sharedFunction,
  v128
} from '../encoder/index.ts'
import type { Code, Module, Operand } from '../encoder/index.ts'
import { leastSquare } from '../../../src/primitives/reference/gram.ts'
import { decomposing } from './eigen.ts'
import { dot, element } from './vectors.ts'

/** src/primitives/reference/gram.ts over doubles in memory: the same operations in the same order. */

type I32 = Operand<'i32'>

/** Columns that are multiplied by another one at once: what is read of it serves them all. */
const beside = 4

/** Defines what writes the inner products of the m doubles at x with those at y, and of the three columns behind y, at `to`. */
const dots = (module: Module) => {
  const params = { x: 'i32', y: 'i32', m: 'i32', to: 'i32' } as const
  return defineFunction(module, { params }, (scope, { x, y, m, to }) => {
    const [k, whole] = scope.locals('i32', 2)
    const columns = Array.from({ length: beside }, () => scope.local('i32'))
    const sums = columns.map(() => scope.locals('v128', 2))
    const [first, second] = scope.locals('v128', 2)
    const sum = scope.local('f64')
    return [
      columns.map((column, i) => column.set(i === 0 ? y : element(columns[i - 1]!, m))),
      whole.set(i32.and(m, -4)),
      forRange(k, 0, whole, 4, [
        first.set(v128.load(x)),
        second.set(v128.load(x, 16)),
        columns.map((column, i) => [
          sums[i]![0].set(f64x2.add(sums[i]![0], f64x2.mul(first, v128.load(column)))),
          sums[i]![1].set(f64x2.add(sums[i]![1], f64x2.mul(second, v128.load(column, 16)))),
          column.set(i32.add(column, 32))
        ]),
        x.set(i32.add(x, 32))
      ]),
      columns.map((column, i) => [
        first.set(f64x2.add(sums[i]![0], sums[i]![1])),
        sum.set(f64.add(f64x2.extractLane(first, 0), f64x2.extractLane(first, 1))),
        forRange(k, 0, i32.sub(m, whole), 1, [
          sum.set(f64.add(sum, f64.mul(f64.load(element(x, k)), f64.load(element(column, k)))))
        ]),
        f64.store(to, sum, i * 8)
      ])
    ]
  })
}

/** Defines what writes A'A of n columns of m doubles, which lie at `a` as rows, at `to`. */
const gram = (module: Module) => {
  const params = { a: 'i32', to: 'i32', m: 'i32', n: 'i32' } as const
  const [inner, several] = [dot(module), dots(module)]
  return defineFunction(module, { params }, (scope, { a, to, m, n }) => {
    const [j, k, x, y, whole] = scope.locals('i32', 5)
    const at = (i: I32, other: I32): Code<'i32'> => element(to, i32.add(i32.mul(i, n), other))
    return [
      x.set(a),
      forRange(j, 0, n, 1, [
        y.set(x),
        whole.set(i32.sub(n, i32.and(i32.sub(n, j), beside - 1))),
        forRange(k, j, whole, beside, [
          call(several, { x, y, m, to: at(j, k) }),
          y.set(element(y, i32.mul(m, beside)))
        ]),
        forRange(k, whole, n, 1, [f64.store(at(j, k), inner(x, y, m)), y.set(element(y, m))]),
        forRange(k, j, n, 1, f64.store(at(k, j), f64.load(at(j, k)))),
        x.set(element(x, m))
      ])
    ]
  })
}

/** Addresses: the columns of A as rows, n x n doubles and four times n to work with, of which d comes to hold the squares. */
interface Squares {
  readonly a: I32
  readonly square: I32
  readonly d: I32
  readonly e: I32
  readonly tau: I32
  readonly q: I32
  readonly m: I32
  readonly n: I32
}

/** Defines what finds the squares of singular values where squaring loses nothing. Calls give whether that is so. */
export const squaring = (module: Module): ((squares: Squares) => Code<'i32'>) => {
  const params = { a: 'i32', square: 'i32', d: 'i32', e: 'i32', tau: 'i32', q: 'i32', m: 'i32', n: 'i32' } as const
  const decompose = decomposing(module)
  const ref = sharedFunction(module, 'squaredValues', () => {
    const multiply = gram(module)
    return defineFunction(module, { params, result: 'i32' }, (scope, { a, square, d, e, tau, q, m, n }) => {
      const j = scope.local('i32')
      const [least, most] = scope.locals('f64', 2)
      return [
        call(multiply, { a, to: square, m, n }),
        ifThen(i32.eqz(decompose({ a: square, d, e, tau, q, n })), leave(i32.const(0))),
        least.set(Infinity),
        forRange(j, 0, n, 1, [
          least.set(f64.min(least, f64.load(element(d, j)))),
          most.set(f64.max(most, f64.load(element(d, j))))
        ]),
        leave(f64.gt(least, f64.mul(leastSquare, most)))
      ]
    })
  })
  return (squares) => call(ref, { ...squares })
}

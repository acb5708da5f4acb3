import { call, defineFunction, f64, forRange, i32 } from '../encoder/index.ts'
import type { Body, Code, FunctionRef, Local } from '../encoder/index.ts'
import type { Routine } from '../../../src/compiler/schedule.ts'
import type { Triangle } from '../../../src/primitives/triangularSolve.ts'
import type { Emission, Site } from '../stages/stage.ts'
import { emitMatrices } from './matrices.ts'
import { addScaled, dot, element, narrow, scale, widen } from './vectors.ts'

type Solve = FunctionRef<Readonly<Record<'a' | 'x', 'i32'>>, 'none'>

/** Defines the function that solves for the n x m doubles at x in place. */
const solving = ({ module }: Site, n: number, m: number, { lower, transposed }: Triangle): Solve => {
  const [inner, add, divide] = [dot(module), addScaled(module), scale(module)]
  return defineFunction(module, { params: { a: 'i32', x: 'i32' } }, (scope, { a, x }) => {
    const [step, i, k, start, end, row, own] = scope.locals('i32', 7)
    const inRow = (column: Local<'i32'>): Code<'i32'> => element(row, column)
    const rowOfX = (place: Local<'i32'>): Code<'i32'> => i32.add(x, i32.mul(place, m * 8))
    const minus = (at: Code<'i32'>): Code<'f64'> => f64.neg(f64.load(at))
    const count = i32.sub(end, start)
    const eliminate: Body = transposed
      ? m === 1
        ? add(minus(own), inRow(start), rowOfX(start), count)
        : forRange(k, start, end, 1, add(minus(inRow(k)), own, rowOfX(k), m))
      : m === 1
        ? f64.store(own, f64.sub(f64.load(own), inner(inRow(start), rowOfX(start), count)))
        : forRange(k, start, end, 1, add(minus(inRow(k)), rowOfX(k), own, m))
    const finish = divide(f64.div(1, f64.load(inRow(i))), own, m)
    return forRange(step, 0, n, 1, [
      i.set(lower !== transposed ? step : i32.sub(n - 1, step)),
      row.set(i32.add(a, i32.mul(i, n * 8))),
      own.set(rowOfX(i)),
      start.set(lower ? 0 : i32.add(i, 1)),
      end.set(lower ? i : n),
      transposed ? [finish, eliminate] : [eliminate, finish]
    ])
  })
}

/** Emits the solutions of triangular systems, row after row. */
export const emitTriangularSolve = (site: Site, kernel: Routine): Emission => {
  const { module } = site
  const [n, m] = kernel.result.shape.slice(-2) as [number, number]
  const solve = solving(site, n, m, kernel.params as unknown as Triangle)
  const [read, write] = [widen(module), narrow(module)]
  const cost = (n * n * m) / 2 + 2 * n * n + 4 * n * m
  return emitMatrices(site, kernel, { cost, scratchBytes: n * (n + m) * 8 }, (scope, one) => {
    const [a, b] = one.operands
    const x = scope.local('i32')
    return [
      x.set(i32.add(one.scratch, n * n * 8)),
      read(a!, one.scratch, n * n),
      read(b!, x, n * m),
      call(solve, { a: one.scratch, x }),
      write(x, one.result, n * m)
    ]
  })
}

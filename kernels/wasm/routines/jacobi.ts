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
  loop,
  memory,
  select,
  sharedFunction
} from '../encoder/index.ts'
import type { Body, Code, Module, Operand } from '../encoder/index.ts'
import { mostSweeps, orthogonal } from '../../../src/primitives/reference/jacobi.ts'
import { addScaled, dot, element, rotate, scale } from './vectors.ts'

/** src/primitives/reference/jacobi.ts over doubles in memory: the same operations in the same order. */

type I32 = Operand<'i32'>

/**
 * Defines what turns the n rows of n doubles at b until they are orthogonal, and the rows at v with them where that is an
 * address; `squares` is one of n doubles to work with, which are their squared lengths at last.
 */
export const orthogonalizing = (module: Module): ((b: I32, squares: I32, n: I32, v?: I32) => Code) => {
  const params = { b: 'i32', squares: 'i32', n: 'i32', v: 'i32' } as const
  const [inner, turn] = [dot(module), rotate(module)]
  const ref = sharedFunction(module, 'orthogonalize', () =>
    defineFunction(module, { params }, (scope, { b, squares, n, v }) => {
      const [sweep, turned, p, q, i, j, step] = scope.locals('i32', 7)
      const [own, other, both, half, root, t, c, least] = scope.locals('f64', 8)
      const beside = (x: I32): Code<'i32'> => i32.add(v, i32.sub(x, b))
      const pair: Body = [
        own.set(f64.load(element(squares, p))),
        other.set(f64.load(element(squares, q))),
        both.set(inner(i, j, n)),
        ifThen(i32.eqz(f64.le(f64.abs(both), f64.mul(least, f64.sqrt(f64.mul(own, other))))), [
          turned.set(1),
          half.set(f64.div(f64.sub(other, own), f64.mul(2, both))),
          root.set(f64.sqrt(f64.add(1, f64.mul(half, half)))),
          t.set(f64.div(1, select('f64', f64.lt(half, 0), f64.sub(half, root), f64.add(half, root)))),
          c.set(f64.div(1, f64.sqrt(f64.add(1, f64.mul(t, t))))),
          f64.store(element(squares, p), f64.max(f64.sub(own, f64.mul(t, both)), 0)),
          f64.store(element(squares, q), f64.max(f64.add(other, f64.mul(t, both)), 0)),
          t.set(f64.mul(c, t)),
          turn(c, t, i, j, n),
          ifThen(v, turn(c, t, beside(i), beside(j), n))
        ])
      ]
      return [
        step.set(i32.mul(n, 8)),
        least.set(f64.mul(f64.convertI32S(n), orthogonal)),
        ifThen(v, [
          memory.fill(v, 0, i32.mul(step, n)),
          forRange(p, 0, n, 1, f64.store(i32.add(v, i32.mul(p, i32.add(step, 8))), 1))
        ]),
        block((done) => [
          loop((again) => [
            turned.set(0),
            i.set(b),
            forRange(p, 0, n, 1, [f64.store(element(squares, p), inner(i, i, n)), i.set(i32.add(i, step))]),
            i.set(b),
            forRange(p, 0, i32.sub(n, 1), 1, [
              j.set(i32.add(i, step)),
              forRange(q, i32.add(p, 1), n, 1, [pair, j.set(i32.add(j, step))]),
              i.set(i32.add(i, step))
            ]),
            sweep.set(i32.add(sweep, 1)),
            branchIf(done, i32.or(i32.eqz(turned), i32.geS(sweep, mostSweeps))),
            branch(again)
          ])
        ])
      ]
    })
  )
  return (b, squares, n, v = 0) => call(ref, { b, squares, n, v })
}

/** Defines what divides the rows at b by their lengths, which it writes at d; rows of length 0 become orthogonal to all. */
export const normalizing = (module: Module): ((b: I32, d: I32, n: I32) => Code) => {
  const params = { b: 'i32', d: 'i32', n: 'i32' } as const
  const [inner, add, multiply] = [dot(module), addScaled(module), scale(module)]
  const ref = sharedFunction(module, 'normalize', () =>
    defineFunction(module, { params }, (scope, { b, d, n }) => {
      const [i, k, axis, twice, row, other, step] = scope.locals('i32', 7)
      const [length, square] = scope.locals('f64', 2)
      const lengthOf = (place: I32): Code<'f64'> => f64.load(element(d, place))
      const minusOthers: Body = [
        other.set(b),
        forRange(k, 0, n, 1, [
          ifThen(i32.or(i32.ltS(k, i), f64.gt(lengthOf(k), 0)), add(f64.neg(inner(row, other, n)), other, row, n)),
          other.set(i32.add(other, step))
        ])
      ]
      const complete: Body = block((found) => [
        forRange(axis, 0, n, 1, [
          memory.fill(row, 0, step),
          f64.store(element(row, axis), 1),
          forRange(twice, 0, 2, 1, minusOthers),
          square.set(inner(row, row, n)),
          ifThen(i32.eqz(f64.lt(f64.mul(f64.mul(2, f64.convertI32S(n)), square), 1)), [
            multiply(f64.div(1, f64.sqrt(square)), row, n),
            branch(found)
          ])
        ])
      ])
      return [
        step.set(i32.mul(n, 8)),
        row.set(b),
        forRange(i, 0, n, 1, [
          length.set(f64.sqrt(inner(row, row, n))),
          f64.store(element(d, i), length),
          ifThen(f64.gt(length, 0), multiply(f64.div(1, length), row, n)),
          row.set(i32.add(row, step))
        ]),
        row.set(b),
        forRange(i, 0, n, 1, [ifThen(f64.eq(lengthOf(i), 0), complete), row.set(i32.add(row, step))])
      ]
    })
  )
  return (b, d, n) => call(ref, { b, d, n })
}

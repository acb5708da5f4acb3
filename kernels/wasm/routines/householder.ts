import {
  block,
  branch,
  branchIf,
  call,
  defineFunction,
  f32,
  f64,
  forRange,
  i32,
  ifThen,
  leave,
  loop,
  memory,
  sharedFunction
} from '../encoder/index.ts'
import type { Code, Module, Operand } from '../encoder/index.ts'
import { leastRest, leastShare } from '../../../src/primitives/reference/householder.ts'
import { addScaled, dot, element } from './vectors.ts'

/** src/primitives/reference/householder.ts over doubles in memory: the same operations in the same order. */

type I32 = Operand<'i32'>

/** Addresses: the columns of A as rows, the diagonal of R, the factors of the reflections, and 3 n numbers to work with. */
export interface Householder {
  readonly a: I32
  readonly diagonal: I32
  readonly tau: I32
  readonly lengths: I32
  readonly m: I32
  readonly n: I32
}

/** Defines what brings the next column to place k, or clears what is left of all. */
const pivoting = (module: Module) => {
  const params = { a: 'i32', lengths: 'i32', m: 'i32', n: 'i32', k: 'i32', order: 'i32' } as const
  const inner = dot(module)
  return defineFunction(module, { params }, (scope, { a, lengths, m, n, k, order }) => {
    const [rests, summed, j, line, chosen, left, first, second, whole] = scope.locals('i32', 9)
    const [rest, gone, most, least, own] = scope.locals('f64', 5)
    const exchange = (x: Code<'i32'>, y: Code<'i32'>): readonly Code[] => [
      own.set(f64.load(x)),
      f64.store(x, f64.load(y)),
      f64.store(y, own)
    ]
    const start = (column: I32): Code<'i32'> => element(a, i32.mul(column, m))
    const place = (column: I32): Code<'i32'> => i32.add(order, i32.mul(column, 4))
    return [
      rests.set(element(lengths, n)),
      summed.set(element(rests, n)),
      left.set(i32.sub(m, k)),
      least.set(f64.mul(f64.convertI32S(m), leastRest)),
      chosen.set(-1),
      forRange(j, k, n, 1, [
        line.set(element(start(j), k)),
        ifThen(
          k,
          [
            gone.set(f64.load(i32.sub(line, 8))),
            rest.set(f64.sub(f64.load(element(rests, j)), f64.mul(gone, gone))),
            ifThen(f64.le(rest, f64.mul(leastShare, f64.load(element(summed, j)))), [
              rest.set(inner(line, line, left)),
              f64.store(element(summed, j), rest)
            ])
          ],
          [rest.set(f64.load(element(lengths, j))), f64.store(element(summed, j), rest)]
        ),
        f64.store(element(rests, j), rest),
        ifThen(
          i32.and(f64.gt(rest, most), f64.gt(rest, f64.mul(f64.mul(least, least), f64.load(element(lengths, j))))),
          [chosen.set(j), most.set(rest)]
        )
      ]),
      ifThen(i32.ltS(chosen, 0), forRange(j, k, n, 1, memory.fill(element(start(j), k), 0, i32.mul(left, 8)))),
      ifThen(i32.gtS(chosen, k), [
        first.set(start(k)),
        second.set(start(chosen)),
        forRange(j, 0, m, 1, exchange(element(first, j), element(second, j))),
        [lengths, rests, summed].map((of) => exchange(element(of, k), element(of, chosen))),
        whole.set(i32.load(place(k))),
        i32.store(place(k), i32.load(place(chosen))),
        i32.store(place(chosen), whole)
      ])
    ]
  })
}

/** Defines what factors in place, with pivots where `order` is an address. Calls give whether the numbers are finite. */
export const reflecting = (module: Module): ((householder: Householder, order?: I32) => Code<'i32'>) => {
  const params = { a: 'i32', diagonal: 'i32', tau: 'i32', lengths: 'i32', m: 'i32', n: 'i32', order: 'i32' } as const
  const [inner, add] = [dot(module), addScaled(module)]
  const pivot = sharedFunction(module, 'pivot', () => pivoting(module))
  const ref = sharedFunction(module, 'reflect', () =>
    defineFunction(module, { params, result: 'i32' }, (scope, { a, diagonal, tau, lengths, m, n, order }) => {
      const [j, k, row, line, left] = scope.locals('i32', 5)
      const [all, square, head, rest, length, shifted, factor, least] = scope.locals('f64', 8)
      return [
        line.set(a),
        forRange(j, 0, n, 1, [
          square.set(inner(line, line, m)),
          f64.store(element(lengths, j), square),
          all.set(f64.add(all, square)),
          line.set(element(line, m))
        ]),
        ifThen(i32.eqz(f64.lt(all, Infinity)), leave(i32.const(0))),
        least.set(f64.mul(f64.convertI32S(m), leastRest)),
        ifThen(order, forRange(j, 0, n, 1, i32.store(i32.add(order, i32.mul(j, 4)), j))),
        forRange(k, 0, n, 1, [
          ifThen(order, call(pivot, { a, lengths, m, n, k, order })),
          row.set(element(a, i32.add(i32.mul(k, m), k))),
          left.set(i32.sub(m, k)),
          head.set(f64.load(row)),
          rest.set(inner(i32.add(row, 8), i32.add(row, 8), i32.sub(left, 1))),
          square.set(f64.add(f64.mul(head, head), rest)),
          f64.store(element(tau, k), 0),
          ifThen(f64.le(square, f64.mul(f64.mul(least, least), f64.load(element(lengths, k)))), [
            head.set(0),
            rest.set(0)
          ]),
          f64.store(element(diagonal, k), head),
          ifThen(f64.ne(rest, 0), [
            length.set(f64.sqrt(square)),
            ifThen(f64.lt(head, 0), [], length.set(f64.neg(length))),
            shifted.set(f64.sub(head, length)),
            factor.set(f64.div(2, f64.add(f64.mul(shifted, shifted), rest))),
            f64.store(row, shifted),
            f64.store(element(diagonal, k), length),
            f64.store(element(tau, k), factor),
            line.set(element(row, m)),
            forRange(j, i32.add(k, 1), n, 1, [
              add(f64.mul(f64.neg(factor), inner(row, line, left)), row, line, left),
              line.set(element(line, m))
            ])
          ])
        ]),
        leave(i32.const(1))
      ]
    })
  )
  return (householder, order = 0) => call(ref, { ...householder, order })
}

/** Defines what multiplies the m doubles at x by Q. */
export const applyingQ = (
  module: Module
): ((householder: Omit<Householder, 'diagonal' | 'lengths'>, x: I32) => Code) => {
  const params = { a: 'i32', tau: 'i32', m: 'i32', n: 'i32', x: 'i32' } as const
  const [inner, add] = [dot(module), addScaled(module)]
  const ref = sharedFunction(module, 'applyQ', () =>
    defineFunction(module, { params }, (scope, { a, tau, m, n, x }) => {
      const [k, row, own, left] = scope.locals('i32', 4)
      const factor = scope.local('f64')
      return [
        k.set(i32.sub(n, 1)),
        block((done) => [
          loop((again) => [
            branchIf(done, i32.ltS(k, 0)),
            factor.set(f64.load(element(tau, k))),
            ifThen(f64.ne(factor, 0), [
              row.set(element(a, i32.add(i32.mul(k, m), k))),
              own.set(element(x, k)),
              left.set(i32.sub(m, k)),
              add(f64.mul(f64.neg(factor), inner(row, own, left)), row, own, left)
            ]),
            k.set(i32.sub(k, 1)),
            branch(again)
          ])
        ])
      ]
    })
  )
  return ({ a, tau, m, n }, x) => call(ref, { a, tau, m, n, x })
}

/** Defines what writes the m x n floats at `from` as doubles, column after column. */
export const readColumns = (module: Module): ((from: I32, to: I32, m: I32, n: I32) => Code) => {
  const params = { from: 'i32', to: 'i32', m: 'i32', n: 'i32' } as const
  const ref = sharedFunction(module, 'readColumns', () =>
    defineFunction(module, { params }, (scope, { from, to, m, n }) => {
      const [i, j, at] = scope.locals('i32', 3)
      return forRange(i, 0, m, 1, [
        at.set(element(to, i)),
        forRange(j, 0, n, 1, [
          f64.store(at, f64.promoteF32(f32.load(from))),
          from.set(i32.add(from, 4)),
          at.set(element(at, m))
        ])
      ])
    })
  )
  return (from, to, m, n) => call(ref, { from, to, m, n })
}

/** Defines what writes R to the n x n doubles at `to`, its columns at the places of those of A that pivots brought there. */
export const rowsOfR = (
  module: Module
): ((householder: Pick<Householder, 'a' | 'diagonal' | 'm' | 'n'>, order: I32, to: I32) => Code) => {
  const params = { a: 'i32', diagonal: 'i32', m: 'i32', n: 'i32', order: 'i32', to: 'i32' } as const
  const ref = sharedFunction(module, 'rowsOfR', () =>
    defineFunction(module, { params }, (scope, { a, diagonal, m, n, order, to }) => {
      const [j, k, at] = scope.locals('i32', 3)
      return [
        memory.fill(to, 0, i32.mul(i32.mul(n, n), 8)),
        forRange(j, 0, n, 1, [
          at.set(element(to, i32.load(i32.add(order, i32.mul(j, 4))))),
          forRange(k, 0, j, 1, [f64.store(at, f64.load(element(a, k))), at.set(element(at, n))]),
          f64.store(at, f64.load(element(diagonal, j))),
          a.set(element(a, m))
        ])
      ]
    })
  )
  return (householder, order, to) => call(ref, { ...householder, order, to })
}

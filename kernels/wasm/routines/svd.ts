import { f32, f64, forRange, i32, ifThen, memory, select } from '../encoder/index.ts'
import type { Routine } from '../../../src/compiler/schedule.ts'
import { tiedUnits } from '../../../src/primitives/reference/order.ts'
import type { Emission, Site } from '../stages/stage.ts'
import { applyingQ, readColumns, reflecting, rowsOfR } from './householder.ts'
import { normalizing, orthogonalizing } from './jacobi.ts'
import { emitMatrices } from './matrices.ts'
import { ascendingOrder, mergeTies, signOf } from './order.ts'
import { element, narrow, poison, scale } from './vectors.ts'

/** Emits the singular values and vectors of matrices. */
export const emitSvd = (site: Site, kernel: Routine): Emission => {
  const { module } = site
  const [m, n] = kernel.operands[0]!.shape.slice(-2) as [number, number]
  const [read, reflect, apply, write, refuse] = [readColumns(module), reflecting(module), applyingQ(module), narrow(module), poison(module)] // prettier-ignore
  const [unpack, orthogonalize, normalize] = [rowsOfR(module), orthogonalizing(module), normalizing(module)]
  const [sort, merge, sign, multiply] = [ascendingOrder(module), mergeTies(module), signOf(module), scale(module)]
  const doubles = m * n + 2 * n * n + 6 * n + m
  const work = { cost: 16 * n ** 3 + 2 * m * n * n + 10 * m * n + 100, scratchBytes: doubles * 8 + n * 8 }
  return emitMatrices(site, kernel, work, (scope, { operands: [x], result, scratch }) => {
    const [diagonal, tau, lengths, d, b, w, column, order, places, j, k, row, from] = scope.locals('i32', 13)
    const [own, value] = scope.locals('f64', 2)
    const valueOf = (place: typeof j) => element(d, place)
    return [
      diagonal.set(i32.add(scratch, m * n * 8)),
      tau.set(i32.add(diagonal, n * 8)),
      lengths.set(i32.add(tau, n * 8)),
      d.set(i32.add(lengths, 3 * n * 8)),
      b.set(i32.add(d, n * 8)),
      w.set(i32.add(b, n * n * 8)),
      column.set(i32.add(w, n * n * 8)),
      order.set(i32.add(column, m * 8)),
      places.set(i32.add(order, n * 4)),
      read(x!, scratch, m, n),
      ifThen(
        reflect({ a: scratch, diagonal, tau, lengths, m, n }, places),
        [
          unpack({ a: scratch, diagonal, m, n }, places, b),
          orthogonalize(b, d, n, w),
          normalize(b, d, n),
          forRange(j, 0, n, 1, f64.store(valueOf(j), f64.neg(f64.load(valueOf(j))))),
          sort(d, order, n),
          merge(d, order, n, 0, tiedUnits * 2 ** -23),
          forRange(k, 0, n, 1, [
            row.set(i32.load(i32.add(order, i32.mul(k, 4)))),
            from.set(i32.add(b, i32.mul(row, n * 8))),
            own.set(sign(from, n)),
            multiply(own, from, n),
            write(from, i32.add(result, (1 + m) * n * 4), n, n * 4),
            memory.fill(column, 0, m * 8),
            memory.copy(column, i32.add(w, i32.mul(row, n * 8)), n * 8),
            multiply(own, column, n),
            apply({ a: scratch, tau, m, n }, column),
            write(column, i32.add(result, n * 4), m, n * 4),
            value.set(f64.load(valueOf(row))),
            f32.store(result, f32.demoteF64(select('f64', f64.eq(value, 0), 0, f64.neg(value)))),
            result.set(i32.add(result, 4))
          ])
        ],
        refuse(result, (1 + m + n) * n)
      )
    ]
  })
}

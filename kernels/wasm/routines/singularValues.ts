import { f32, f64, forRange, i32, ifThen, select } from '../encoder/index.ts'
import type { Routine } from '../../../src/compiler/schedule.ts'
import { tiedUnits } from '../../../src/primitives/reference/order.ts'
import type { Emission, Site } from '../stages/stage.ts'
import { squaring } from './gram.ts'
import { readColumns, reflecting, rowsOfR } from './householder.ts'
import { orthogonalizing } from './jacobi.ts'
import { emitMatrices } from './matrices.ts'
import { ascendingOrder, mergeTies } from './order.ts'
import { element, poison } from './vectors.ts'

/** Emits the singular values of matrices, without their vectors. */
export const emitSingularValues = (site: Site, kernel: Routine): Emission => {
  const { module } = site
  const [m, n] = kernel.operands[0]!.shape.slice(-2) as [number, number]
  const [read, square, reflect, unpack] = [readColumns(module), squaring(module), reflecting(module), rowsOfR(module)]
  const [orthogonalize, sort, merge, refuse] = [orthogonalizing(module), ascendingOrder(module), mergeTies(module), poison(module)] // prettier-ignore
  const doubles = m * n + n * n + 6 * n
  const work = { cost: (m * n * n) / 6 + n ** 3 + 10 * m * n + 100, scratchBytes: doubles * 8 + n * 8 }
  return emitMatrices(site, kernel, work, (scope, { operands: [x], result, scratch }) => {
    const [diagonal, tau, lengths, rests, d, b, order, places, j, place, found] = scope.locals('i32', 11)
    const value = scope.local('f64')
    return [
      diagonal.set(i32.add(scratch, m * n * 8)),
      tau.set(i32.add(diagonal, n * 8)),
      lengths.set(i32.add(tau, n * 8)),
      rests.set(i32.add(lengths, n * 8)),
      d.set(i32.add(rests, 2 * n * 8)),
      b.set(i32.add(d, n * 8)),
      order.set(i32.add(b, n * n * 8)),
      places.set(i32.add(order, n * 4)),
      read(x!, scratch, m, n),
      found.set(square({ a: scratch, square: b, d, e: lengths, tau, q: rests, m, n })),
      ifThen(
        i32.eqz(found),
        ifThen(reflect({ a: scratch, diagonal, tau, lengths, m, n }, places), [
          unpack({ a: scratch, diagonal, m, n }, places, b),
          orthogonalize(b, d, n),
          found.set(1)
        ])
      ),
      ifThen(
        found,
        [
          forRange(j, 0, n, 1, f64.store(element(d, j), f64.neg(f64.sqrt(f64.load(element(d, j)))))),
          sort(d, order, n),
          merge(d, order, n, 0, tiedUnits * 2 ** -23),
          forRange(j, 0, n, 1, [
            place.set(i32.load(i32.add(order, i32.mul(j, 4)))),
            value.set(f64.load(element(d, place))),
            f32.store(result, f32.demoteF64(select('f64', f64.eq(value, 0), 0, f64.neg(value)))),
            result.set(i32.add(result, 4))
          ])
        ],
        refuse(result, n)
      )
    ]
  })
}

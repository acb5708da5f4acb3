import { f32, f64, forRange, i32, ifThen } from '../encoder/index.ts'
import type { Routine } from '../../../src/compiler/schedule.ts'
import { tiedUnits } from '../../../src/primitives/reference/order.ts'
import type { Emission, Site } from '../stages/stage.ts'
import { decomposing } from './eigen.ts'
import { emitMatrices } from './matrices.ts'
import { ascendingOrder, mergeTies, signOf } from './order.ts'
import { readSymmetric } from './symmetric.ts'
import { element, narrow, poison, scale } from './vectors.ts'

/** Emits the eigenvalues and eigenvectors of symmetric matrices. */
export const emitEigh = (site: Site, kernel: Routine): Emission => {
  const { module } = site
  const n = kernel.result.shape.at(-1)!
  const [read, decompose, sort, merge] = [readSymmetric(module), decomposing(module), ascendingOrder(module), mergeTies(module)] // prettier-ignore
  const [sign, multiply, write, refuse] = [signOf(module), scale(module), narrow(module), poison(module)]
  const [matrix, vector] = [n * n * 8, n * 8]
  const work = { cost: 4 * n ** 3 + 40 * n ** 2 + 100, scratchBytes: 2 * matrix + 4 * vector + n * 4 }
  return emitMatrices(site, kernel, work, (scope, { operands: [x], result, scratch }) => {
    const [v, d, e, tau, q, order, j, row, from] = scope.locals('i32', 9)
    const largest = scope.local('f64')
    const value = (place: number) => f64.abs(f64.load(element(d, i32.load(order, place * 4))))
    return [
      v.set(i32.add(scratch, matrix)),
      d.set(i32.add(v, matrix)),
      e.set(i32.add(d, vector)),
      tau.set(i32.add(e, vector)),
      q.set(i32.add(tau, vector)),
      order.set(i32.add(q, vector)),
      row.set(read(x!, scratch, n)),
      ifThen(row, row.set(decompose({ a: scratch, v, d, e, tau, q, n }))),
      ifThen(
        row,
        [
          sort(d, order, n),
          largest.set(f64.max(value(0), value(n - 1))),
          merge(d, order, n, f64.mul(tiedUnits * 2 ** -23, largest), 0),
          forRange(j, 0, n, 1, [
            row.set(i32.load(i32.add(order, i32.mul(j, 4)))),
            from.set(i32.add(v, i32.mul(row, vector))),
            multiply(sign(from, n), from, n),
            f32.store(result, f32.demoteF64(f64.load(element(d, row)))),
            write(from, i32.add(result, n * 4), n, n * 4),
            result.set(i32.add(result, 4))
          ])
        ],
        refuse(result, (n + 1) * n)
      )
    ]
  })
}

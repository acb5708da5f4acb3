import { f32, f64, forRange, i32, ifThen, memory, select } from '../encoder/index.ts'
import type { Routine } from '../../../src/compiler/schedule.ts'
import type { Emission, Site } from '../stages/stage.ts'
import { applyingQ, readColumns, reflecting } from './householder.ts'
import { emitMatrices } from './matrices.ts'
import { element, narrow, poison } from './vectors.ts'

/** Emits the factors Q and R of matrices. */
export const emitQr = (site: Site, kernel: Routine): Emission => {
  const { module } = site
  const [m, n] = kernel.operands[0]!.shape.slice(-2) as [number, number]
  const [read, reflect, apply, write, refuse] = [readColumns(module), reflecting(module), applyingQ(module), narrow(module), poison(module)] // prettier-ignore
  const work = { cost: 2 * m * n * n + 10 * m * n + 100, scratchBytes: (m * n + 5 * n + m) * 8 }
  return emitMatrices(site, kernel, work, (scope, { operands: [x], result, scratch }) => {
    const [diagonal, tau, lengths, column, k, j, to, from] = scope.locals('i32', 8)
    const [sign, own] = scope.locals('f64', 2)
    return [
      diagonal.set(i32.add(scratch, m * n * 8)),
      tau.set(i32.add(diagonal, n * 8)),
      lengths.set(i32.add(tau, n * 8)),
      column.set(i32.add(lengths, 3 * n * 8)),
      read(x!, scratch, m, n),
      ifThen(
        reflect({ a: scratch, diagonal, tau, lengths, m, n }),
        [
          to.set(i32.add(result, m * n * 4)),
          memory.fill(to, 0, n * n * 4),
          forRange(k, 0, n, 1, [
            own.set(f64.load(element(diagonal, k))),
            sign.set(select('f64', f64.lt(own, 0), -1, 1)),
            memory.fill(column, 0, m * 8),
            f64.store(element(column, k), sign),
            apply({ a: scratch, tau, m, n }, column),
            write(column, i32.add(result, i32.mul(k, 4)), m, n * 4),
            f32.store(i32.add(to, i32.mul(k, 4)), f32.demoteF64(f64.mul(sign, own))),
            from.set(element(scratch, k)),
            forRange(j, i32.add(k, 1), n, 1, [
              f32.store(
                i32.add(to, i32.mul(j, 4)),
                f32.demoteF64(f64.mul(sign, f64.load(i32.add(from, i32.mul(j, m * 8)))))
              )
            ]),
            to.set(i32.add(to, n * 4))
          ])
        ],
        refuse(result, (m + n) * n)
      )
    ]
  })
}

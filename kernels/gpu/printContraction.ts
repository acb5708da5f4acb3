import * as E from '#fp-ts/Either'
import type { Contraction } from '../../src/compiler/schedule.ts'
import { finishOf } from './sums/epilogue.ts'
import type { Printer } from './kernel.ts'
import { operandsOf } from './printLoops.ts'
import { sizeObstacle } from './limits/obstacle.ts'
import { along } from './sums/sumAxes.ts'
import { printSums } from './sums/printSums.ts'

/** Prints c[b, i, j] = sum over k of a[b, i, k] b[b, k, j], with the axes of c in the order in which they lie in memory. */
export const printContraction: Printer<Contraction> = (kernel, site) => {
  const { batch, m, n, k, a, b, c, reads, writes } = kernel
  const operands = operandsOf(kernel, site)
  const obstacle = sizeObstacle([...operands.map(({ size }) => [size]), [batch, m, n, k > 0 ? 1 : 0]])
  if (obstacle !== undefined) return E.left(obstacle)
  const axes = [
    { extent: batch, apart: c.strides.batch, strides: [a.strides.batch, b.strides.batch] },
    { extent: m, apart: c.strides.row, strides: [a.strides.row, 0] },
    { extent: n, apart: c.strides.column, strides: [0, b.strides.column] }
  ] as const
  // Axes of extent 1 may have any stride, so they are left out of the order.
  const order = [0, 1, 2].filter((i) => axes[i]!.extent > 1).toSorted((i, j) => axes[j]!.apart - axes[i]!.apart)
  const result = order.map((i) => axes[i]!.extent)
  return printSums(
    {
      factors: [
        { buffer: reads[0]!.buffer, start: a.start },
        { buffer: reads[1]!.buffer, start: b.start }
      ],
      places: order.map((i, of) => along(of, axes[i]!.extent, axes[i]!.strides)),
      terms: [{ extent: k, strides: [a.strides.column, b.strides.row] }],
      result,
      finish: finishOf(kernel.epilogue, result, order, operands),
      writes: writes[0]!
    },
    site
  )
}

import type { Convolving } from '../../../src/compiler/schedule.ts'
import { stridesOf } from '../../../src/tensor/shape.ts'
import type { ConvolutionSums } from './forward.ts'
import { imageView } from './forward.ts'
import type { PrintSite } from '../kernel.ts'
import { operandsOf } from '../printLoops.ts'
import { along } from '../sums/sumAxes.ts'
import type { Operand } from '../points/points.ts'

/** Returns w[g, o, c, k] = sum over n, p of x[g, n, c, p * stride + k * dilation - low] y[g, n, o, p]. */
export const filterGradientSums = (convolving: Convolving, site: PrintSite): ConvolutionSums => {
  const { params, result, reads } = convolving
  const { stride, dilation, kernel, output } = params
  const [x, y] = operandsOf(convolving, site) as readonly [Operand, Operand]
  const image = imageView(x, convolving, site)
  const [xs, ys] = [image.strides, stridesOf(reads[1]!.shape)]
  const [groups, filters, channels] = result as readonly [number, number, number]
  return {
    before: image.launches,
    factors: [image, { buffer: y.buffer, start: 0 }],
    places: [
      along(0, groups, [xs[0]!, ys[0]!]),
      along(1, filters, [0, ys[2]!]),
      along(2, channels, [xs[2]!, 0]),
      ...kernel.map((extent, i) => along(3 + i, extent, [xs[3 + i]! * dilation[i]!, 0]))
    ],
    terms: [
      { extent: reads[0]!.shape[1]!, strides: [xs[1]!, ys[1]!] },
      ...output.map((extent, i) => ({ extent, strides: [xs[3 + i]! * stride[i]!, ys[3 + i]!] as const }))
    ]
  }
}

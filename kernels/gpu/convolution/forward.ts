import type { Convolving } from '../../../src/compiler/schedule.ts'
import type { Convolution } from '../../../src/program/vocabulary.ts'
import { stridesOf } from '../../../src/tensor/shape.ts'
import type { PlacedProducts } from '../sums/arrange.ts'
import type { Launch, PrintSite } from '../kernel.ts'
import { operandsOf } from '../printLoops.ts'
import { along } from '../sums/sumAxes.ts'
import type { Operand } from '../points/points.ts'
import type { View, Window } from './window.ts'
import { viewOf, wholeOf } from './window.ts'

/** A convolution, or a gradient of one, as sums of products; the launches `before` fill margins of its operands. */
export interface ConvolutionSums extends PlacedProducts {
  readonly before: readonly Launch[]
}

/** Returns the window of the image that a convolution reads along each spatial axis, margins included. */
const reached = ({ stride, low, dilation, kernel, output }: Convolution): readonly Window[] =>
  stride.map((step, i) => ({
    first: -low[i]!,
    extent: (output[i]! - 1) * step + (kernel[i]! - 1) * dilation[i]! + 1,
    every: 1
  }))

/** Returns the image x [G, N, C, ...input] with its margins. */
export const imageView = (x: Operand, { reads, params }: Convolving, site: PrintSite): View => {
  const { shape } = reads[0]!
  return viewOf(x, shape, [...shape.slice(0, 3).map(wholeOf), ...reached(params)], site)
}

/** Returns y[g, n, o, p] = sum over c, k of x[g, n, c, p * stride + k * dilation - low] w[g, o, c, k]. */
export const convolutionSums = (convolving: Convolving, site: PrintSite): ConvolutionSums => {
  const { params, result, reads } = convolving
  const { stride, dilation, kernel, output } = params
  const [x, w] = operandsOf(convolving, site) as readonly [Operand, Operand]
  const image = imageView(x, convolving, site)
  const [xs, ws] = [image.strides, stridesOf(reads[1]!.shape)]
  const [groups, samples, filters] = result as readonly [number, number, number]
  return {
    before: image.launches,
    factors: [image, { buffer: w.buffer, start: 0 }],
    places: [
      along(0, groups, [xs[0]!, ws[0]!]),
      along(1, samples, [xs[1]!, 0]),
      along(2, filters, [0, ws[1]!]),
      ...output.map((extent, i) => along(3 + i, extent, [xs[3 + i]! * stride[i]!, 0]))
    ],
    terms: [
      { extent: reads[0]!.shape[2]!, strides: [xs[2]!, ws[2]!] },
      ...kernel.map((extent, i) => ({ extent, strides: [xs[3 + i]! * dilation[i]!, ws[3 + i]!] as const }))
    ]
  }
}

import type { Convolving } from '../../../src/compiler/schedule.ts'
import type { Convolution } from '../../../src/program/vocabulary.ts'
import type { ConvolutionSums } from './forward.ts'
import type { PrintSite } from '../kernel.ts'
import { operandsOf } from '../printLoops.ts'
import type { SumAxis } from '../sums/sumAxes.ts'
import { along } from '../sums/sumAxes.ts'
import type { Operand } from '../points/points.ts'
import type { StridedAxis } from '../sums/products.ts'
import type { Window } from './window.ts'
import { viewOf, wholeOf } from './window.ts'

/** What is read of y and w along one spatial axis, and where the sums lie, for given strides of both. */
interface Taps {
  readonly y: Window
  readonly w: Window
  /** The element of w along the axis at which the first term reads. */
  readonly from: number
  readonly places: (ys: number, ws: number) => readonly SumAxis[]
  readonly term: (ys: number, ws: number) => StridedAxis
}

/**
 * Plans one spatial axis. Pixel q receives from output p through kernel element k where p * stride + k * dilation = q + low.
 *
 * - With stride 1 each k has one p, and p falls as k rises.
 * - Without dilation, write q + low = stride * i + r. Only k = r + stride * j meet it, at p = i - j: the pixels of each r are
 *   a convolution by themselves.
 * - With both, y is spread out to stride 1, with zeros between its elements.
 */
const tapsOf = (params: Convolution, i: number): Taps => {
  const [s, low, d] = [params.stride[i]!, params.low[i]!, params.dilation[i]!]
  const [pixels, kernel, of] = [params.input[i]!, params.kernel[i]!, 3 + i]
  if (s === 1 || d > 1)
    return {
      y: { first: low - (kernel - 1) * d, extent: pixels + (kernel - 1) * d, every: s },
      w: wholeOf(kernel),
      from: kernel - 1,
      places: (ys) => [along(of, pixels, [ys, 0])],
      term: (ys, ws) => ({ extent: kernel, strides: [ys * d, -ws] })
    }
  const count = Math.ceil(kernel / s)
  const behind = ((low % s) + s) % s
  // Where low is a multiple of s, pixels 0, 1 ... s - 1 have r = 0, 1 ... and one i. Of s = 2 with an odd low, pixels 0
  // and 1
  // have r = 1 and then r = 0 with the next i. Otherwise the pixels are shifted until the first case holds.
  const swapped = s === 2 && behind === 1
  const shift = swapped ? 0 : behind
  const blocks = Math.floor((pixels - 1 + shift) / s) + 1
  return {
    y: { first: Math.floor(low / s) - (count - 1), extent: blocks + count - (swapped ? 0 : 1), every: 1 },
    w: wholeOf(count * s),
    from: s * (count - 1) + (swapped ? 1 : 0),
    places: (ys, ws) => [
      { of, extent: s, shift, divisor: 1, strides: swapped ? [ys, -ws] : [0, ws] },
      { of, extent: blocks, shift, divisor: s, strides: [ys, 0] }
    ],
    term: (ys, ws) => ({ extent: count, strides: [ys, -s * ws] })
  }
}

/**
 * Returns x[g, n, c, q] = sum over o, k and the p with p * stride + k * dilation - low = q of y[g, n, o, p] w[g, o, c,
 * k].
 */
export const inputGradientSums = (convolving: Convolving, site: PrintSite): ConvolutionSums => {
  const { params, result, reads } = convolving
  const [y, w] = operandsOf(convolving, site) as readonly [Operand, Operand]
  const taps = params.stride.map((_, i) => tapsOf(params, i))
  const view = (operand: Operand, n: 0 | 1, spatial: readonly Window[]) =>
    viewOf(operand, reads[n]!.shape, [...reads[n]!.shape.slice(0, 3).map(wholeOf), ...spatial], site)
  const [outputs, kernel] = [view(y, 0, taps.map((tap) => tap.y)), view(w, 1, taps.map((tap) => tap.w))] // prettier-ignore
  const [ys, ws] = [outputs.strides, kernel.strides]
  const [groups, samples, channels] = result as readonly [number, number, number]
  return {
    before: [...outputs.launches, ...kernel.launches],
    factors: [
      outputs,
      { buffer: kernel.buffer, start: taps.reduce((sum, { from }, i) => sum + from * ws[3 + i]!, kernel.start) }
    ],
    places: [
      along(0, groups, [ys[0]!, ws[0]!]),
      along(1, samples, [ys[1]!, 0]),
      along(2, channels, [0, ws[2]!]),
      ...taps.flatMap(({ places }, i) => places(ys[3 + i]!, ws[3 + i]!))
    ],
    terms: [
      { extent: reads[0]!.shape[2]!, strides: [ys[2]!, ws[1]!] },
      ...taps.map(({ term }, i) => term(ys[3 + i]!, ws[3 + i]!))
    ]
  }
}

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

/** What a spatial axis comes to: what is read of y and w along it, and where, for strides of both. */
interface Taps {
  readonly y: Window
  readonly w: Window
  /** Elements of w behind its first from where the first term reads. */
  readonly from: number
  readonly places: (ys: number, ws: number) => readonly SumAxis[]
  readonly term: (ys: number, ws: number) => StridedAxis
}

/**
 * Pixel q meets output p under kernel k where p * stride + k * dilation = q + low. With stride 1 each k meets one p, the
 * lower the higher k is. Without dilation q + low = stride * i + r meets the k = r + stride * j alone, at p = i - j: the
 * pixels of one r are a convolution by themselves. With both, y is spread out to stride 1, zeros between.
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
  // The r and i of pixels 0, 1 ... s - 1 are 0, 1 ... and the same i; or, of two, 1, 0 and the next i; or else they are
  // so from another pixel on.
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

/** x[g, n, c, q] = sum over o, k and the p with p * stride + k * dilation - low = q of y[g, n, o, p] w[g, o, c, k]. */
export const inputGradientSums = (work: Convolving, site: PrintSite): ConvolutionSums => {
  const { params, result, reads } = work
  const [y, w] = operandsOf(work, site) as readonly [Operand, Operand]
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

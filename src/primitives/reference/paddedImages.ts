import type { Data } from '../../tensor/dtype.ts'
import { sizeOf, stridesOf } from '../../tensor/shape.ts'
import { copyStrided } from './copyStrided.ts'
import type { ConvolutionParams } from '../rules/convolution.ts'
import { reach } from '../rules/convolution.ts'
import { sourceIndices } from './sourceIndices.ts'

/**
 * A few padded images of one group, in which every product of a convolution reads without asking whether it is still
 * inside: the element for output p and kernel k lies at windows[p] + taps[k]. The padding stays zero.
 */
export interface PaddedImages {
  readonly data: Float64Array
  /** How many samples it holds. */
  readonly samples: number
  /** By sample and output position. */
  readonly windows: Int32Array
  /** By channel and kernel position. */
  readonly taps: Int32Array
  /** Copies some samples of x [N, C, ...input], from element `start` on, into the frame. */
  readonly fill: (x: Data, start: number, samples: number) => void
  /** Copies them back; what the frame does not reach is zero. */
  readonly drain: (x: Data, start: number, samples: number) => void
}

/** Products per sample below which several samples share a frame. */
const enough = 256

export const makeFrame = (params: ConvolutionParams, samples: number, channels: number): PaddedImages => {
  const { stride, low, dilation, input, kernel, output } = params
  const extents = input.map((_, i) => reach(params, i))
  const padded = [channels, ...extents]
  const own = [channels, ...input]
  const strides = stridesOf(padded)
  const spatial = strides.slice(1)
  const size = sizeOf(padded)
  const held = Math.max(1, Math.min(samples, Math.ceil(enough / Math.max(1, sizeOf(output)))))

  const first = low.map((n) => Math.max(0, -n))
  const counts = input.map((n, i) => Math.max(0, Math.min(n, extents[i]! - low[i]!) - first[i]!))
  const ownStrides = stridesOf(own)
  const inside = [channels, ...counts]
  const image = { start: first.reduce((sum, n, i) => sum + n * ownStrides[i + 1]!, 0), strides: ownStrides }
  const place = { start: first.reduce((sum, n, i) => sum + (n + low[i]!) * spatial[i]!, 0), strides }
  const enter = copyStrided(inside, image, place)
  const leave = copyStrided(inside, place, image)
  const whole = sizeOf(inside) === sizeOf(own)

  const data = new Float64Array(held * size)
  return {
    data,
    samples: held,
    windows: sourceIndices([held, ...output], [size, ...stride.map((step, i) => step * spatial[i]!)]),
    taps: sourceIndices([channels, ...kernel], [strides[0]!, ...dilation.map((step, i) => step * spatial[i]!)]),
    fill: (x, start, count) => {
      for (let n = 0; n < count; n++) enter(x.subarray(start + n * sizeOf(own)), data.subarray(n * size))
    },
    drain: (x, start, count) => {
      if (!whole) x.fill(0, start, start + count * sizeOf(own))
      for (let n = 0; n < count; n++) leave(data.subarray(n * size), x.subarray(start + n * sizeOf(own)))
    }
  }
}

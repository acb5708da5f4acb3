import { einsum } from '../../../ops/einsum.ts'
import { imageShape } from '../../../ops/images.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore } from '../../../tensor/arguments.ts'
import { makeTensor } from '../../../tensor/makeTensor.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { mirrored } from './mirrored.ts'
import { perImage } from './perImage.ts'

type Taps = readonly number[]

const convolved = (a: Taps, b: Taps): Taps => {
  const sums = Array<number>(a.length + b.length - 1).fill(0)
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      sums[i + j] = (sums[i + j] ?? 0) + x * y
    })
  })
  return sums
}
const reversed = (a: Taps): Taps => [...a].reverse()
const halved = (a: Taps): Taps => a.map((x) => x / 2)
/** Puts a zero between neighbours: a filter of half the frequencies. */
const spread = (a: Taps): Taps => a.flatMap((x, i) => (i === 0 ? [x] : [0, x]))
/** Adds b in the middle of a. */
const addedInside = (a: Taps, b: Taps): Taps => {
  const start = (a.length - b.length) / 2
  return a.map((x, i) => x + (b[i - start] ?? 0))
}

/** Low-pass filter of the wavelet sym2. */
const low: Taps = [-0.12940952255092145, 0.22414386804185735, 0.836516303737469, 0.48296291314469025]
const high: Taps = low.map((x, i) => (i % 2 === 0 ? x : -x))

/**
 * Four symmetric filters of 43 taps, whose sum leaves everything as it is: frequencies up to 1/8 of the highest, up to
 * 1/4, up to 1/2, and above.
 */
const bank = (): readonly Taps[] => {
  const [lowPass, highPass] = [low, high].map((taps) => halved(convolved(taps, reversed(taps)))) as [Taps, Taps]
  let filters: readonly Taps[] = [[1], [0], [0], [0]]
  for (let i = 1; i < filters.length; i++)
    filters = filters
      .map((taps) => convolved(spread(taps), lowPass))
      .map((taps, band) => (band === i ? addedInside(taps, highPass) : taps))
  return filters
}

/** Writes the bank as matrices [4, extent, extent] that act on a row of so many pixels, mirrored at its ends. */
const bandMatrices = (extent: number): Tensor => {
  const entries = new Float64Array(4 * extent * extent)
  bank().forEach((taps, band) => {
    const half = (taps.length - 1) / 2
    for (let i = 0; i < extent; i++)
      taps.forEach((tap, k) => {
        const at = (band * extent + i) * extent + mirrored(i + k - half, extent)
        entries[at] = (entries[at] ?? 0) + tap
      })
  })
  return makeTensor(entries, [4, extent, extent])
}

/**
 * Amplifies four bands of frequencies of images [N, C, H, W], along rows and columns, by `gains` [N, 4], from the lowest
 * frequencies, below 1/8 of the highest, by octaves. Gains of 1 leave images as they are; at edges they are mirrored.
 * Costs a product with an H x H and a W x W matrix an image.
 *
 * @see Karras et al., Training generative adversarial networks with limited data (2020), appendix B, and
 * stylegan2-ada-pytorch, training/augment.py
 *
 * @example
 * import { Augment, tensor } from 'saddlepoint'
 * const stripes = tensor([1, -1, 1, -1, 1, -1, 1, -1], [1, 1, 1, 8])
 * Augment.filter(stripes, tensor([1, 1, 1, 0.5])).data // => [0.5, -0.5, 0.5, -0.5, 0.5, -0.5, 0.5, -0.5]
 */
export const filter = (x: Tensor, gains: Tensor, ...more: None): Tensor => {
  const op = 'Augment.filter'
  refuseMore(op, more)
  const [n, , h, w] = imageShape(op, x)
  const factors = perImage(op, 'gains', gains, n, [4])
  const matrices = (extent: number): Tensor => einsum('nb,bij->nij', factors, bandMatrices(extent))
  return einsum('ncik,nlk->ncil', einsum('nij,ncjk->ncik', matrices(h), x), matrices(w))
}

import { abs, sub } from '../../../ops/arithmetic.ts'
import { equal, where } from '../../../ops/comparison.ts'
import { matmul } from '../../../ops/matmul.ts'
import { einsum } from '../../../ops/einsum.ts'
import { affineSample2d } from '../../../ops/affineSample2d.ts'
import { imageShape } from '../../../ops/images.ts'
import { sum } from '../../../ops/reduction.ts'
import { makeTensor } from '../../../tensor/makeTensor.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { mirrored } from './mirrored.ts'
import { overAxes } from './perImage.ts'

/** Low-pass filter of the wavelet sym6, whose sum is the root of 2. */
const sym6 = [
  0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633, 0.4910559419267466,
  0.787641141030194, 0.3379294217276218, -0.07263752278646252, -0.021060292512300564, 0.04472490177066578,
  0.0017677118642428036, -0.007800708325034148
].map((tap) => tap / Math.SQRT2)

/** How many places of the fine grid the filter reaches to one side, at most. */
const reach = sym6.length / 2

/** Says what comes in from outside. */
type Padding = 'zeros' | 'reflection'

/** The places of the fine grid along an axis that are kept: pixel i of the image lies at 2 i, and tails reach beyond. */
const fine = (extent: number, padding: Padding): { readonly from: number; readonly places: number } =>
  padding === 'reflection' ? { from: 0, places: 2 * extent - 1 } : { from: -reach, places: 2 * extent - 1 + 2 * reach }

/** Puts pixels on a grid twice as fine and smooths them: [places, extent], y_j = 2 sum over k of f_k x_((j + 5 - k) / 2). */
const raising = (extent: number, padding: Padding): Tensor => {
  const { from, places } = fine(extent, padding)
  const entries = new Float64Array(places * extent)
  for (let row = 0; row < places; row++)
    sym6.forEach((tap, k) => {
      const at = (from + row + reach - 1 - k) / 2
      const inside = padding === 'reflection' ? mirrored(at, extent) : at
      if (!Number.isInteger(at) || inside < 0 || inside >= extent) return
      const place = row * extent + inside
      entries[place] = (entries[place] ?? 0) + 2 * tap
    })
  return makeTensor(entries, [places, extent])
}

/** Smooths a grid twice as fine, with 6 pixels more than the image has, and keeps every second: y_i = sum over m of f_m s_(2 i + 1 + m). */
const lowering = (extent: number): Tensor => {
  const places = 2 * (extent + reach)
  const entries = new Float64Array(extent * places)
  for (let i = 0; i < extent; i++)
    sym6.forEach((tap, m) => {
      entries[i * places + 2 * i + 1 + m] = tap
    })
  return makeTensor(entries, [extent, places])
}

/** Multiplies the rows of images by one matrix, and their columns by another. */
const both = (x: Tensor, ofColumns: Tensor, ofRows: Tensor): Tensor =>
  einsum('nchw,jh->ncjw', einsum('nchw,kw->nchk', x, ofRows), ofColumns)

/**
 * Warps images by matrices [N, 2, 3] without aliases, as ADA's published code does: they are put on a grid twice as fine
 * by the filter sym6, sampled there bilinearly, with 3 pixels more at each side, and brought back by the same filter, which
 * is exact for moves by whole pixels. The fine image is what is mirrored outside, about the centres of the outermost
 * pixels, not the image before the filter; so images that are not moved are kept as they are.
 */
export const smoothlyWarped = (x: Tensor, matrices: Tensor, padding: Padding): Tensor => {
  const [, , h, w] = imageShape('Augment.affine', x)
  const raised = both(x, raising(h, padding), raising(w, padding))
  // `matrices` take coordinates of pixels' outer edges to such; both grids here have -1 and 1 at their outermost centres.
  const before = [
    [(w + reach - 0.5) / w, 0, 0.5 / w],
    [0, (h + reach - 0.5) / h, 0.5 / h],
    [0, 0, 1]
  ]
  const stretch = (extent: number): number => (2 * extent) / Math.max(fine(extent, padding).places - 1, 1)
  const after = [
    [stretch(w), 0],
    [0, stretch(h)]
  ]
  const sampled = affineSample2d(raised, matmul(makeTensor(after), matmul(matrices, makeTensor(before))), {
    alignCorners: true,
    paddingMode: padding,
    size: [2 * (h + reach), 2 * (w + reach)]
  })
  const warped = both(sampled, lowering(h), lowering(w))
  const distance = sum(abs(sub(matrices, makeTensor([[1, 0, 0], [0, 1, 0]]))), { axes: [1, 2] }) // prettier-ignore
  return where(equal(overAxes(distance), 0), x, warped)
}

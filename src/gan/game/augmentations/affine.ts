import { stack } from '../../../ops/assembly.ts'
import { add, div, mul, neg, sub } from '../../../ops/arithmetic.ts'
import { affineSample2d } from '../../../ops/affineSample2d.ts'
import { cos, sin } from '../../../ops/elementary.ts'
import { imageShape } from '../../../ops/images.ts'
import { broadcastTo, reshape } from '../../../ops/shaping.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireArgument } from '../../../tensor/arguments.ts'
import { anything, count, flag, oneOf, optional, requireOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { smoothlyWarped } from './lowPass.ts'
import type { PerImage } from './perImage.ts'
import { coordinates, perImage } from './perImage.ts'

/** Says how images are moved, each parameter a number an image, [N], or one for all; what is left out changes nothing. */
export interface Movement {
  /** 1 mirrors from left to right. */
  readonly flip?: PerImage | undefined
  /** Quarters of a turn, counter-clockwise. */
  readonly quarters?: PerImage | undefined
  /** By sample, [N, 2], pixels to the right and down. */
  readonly shift?: Tensor | undefined
  /** Enlargement: 2 shows everything twice as large. */
  readonly scale?: PerImage | undefined
  /** Radians, counter-clockwise, before and after the anisotropic scaling. */
  readonly rotatePre?: PerImage | undefined
  readonly rotatePost?: PerImage | undefined
  /** Enlargement of the width, by which the height shrinks. */
  readonly aniso?: PerImage | undefined
  /** By sample, [N, 2], shares of the width to the right, and of the height down. */
  readonly fraction?: Tensor | undefined
}

/** Holds the first two rows of a matrix for each image: row i takes (x, y, 1) to the sum of x, y and 1 times its entries. */
type Rows = readonly [Row, Row]
type Row = readonly [x: Tensor, y: Tensor, one: Tensor]

const both = (f: (row: Row) => Row, [u, v]: Rows): Rows => [f(u), f(v)]
/** Multiplies from the right by diag(a, b, 1). */
const scaled = (P: Rows, a: Tensor, b: Tensor): Rows => both(([x, y, one]) => [mul(x, a), mul(y, b), one], P)
/** Multiplies from the right by the rotation [[cos t, -sin t, 0], [sin t, cos t, 0], [0, 0, 1]]. */
const rotated = (P: Rows, t: Tensor): Rows => {
  const [c, s] = [cos(t), sin(t)]
  return both(([x, y, one]) => [add(mul(x, c), mul(y, s)), sub(mul(y, c), mul(x, s)), one], P)
}
/** Multiplies from the right by the shift [[1, 0, a], [0, 1, b], [0, 0, 1]]. */
const shifted = (P: Rows, a: Tensor, b: Tensor): Rows =>
  both(([x, y, one]) => [x, y, add(one, add(mul(x, a), mul(y, b)))], P)

const movementRules = Object.fromEntries(
  ['flip', 'quarters', 'shift', 'scale', 'rotatePre', 'rotatePost', 'aniso', 'fraction'].map((name) => [name, anything])
)

/**
 * Computes, for n images of extent [h, w], the one matrix [n, 2, 3] that takes the place of a pixel of the result to the
 * place in the image that it is read from, in coordinates of [-1, 1] as `affineSample2d` has them: the inverse of all
 * movements, flip first,
 *
 *     P = S(1 - 2 flip, 1) R(π/2 quarters) T(-shift) S(1/scale, 1/scale) R(rotatePre) S(1/aniso, aniso) R(rotatePost) T(-fraction)
 *
 * with S = diag(a, b, 1), R(t) = [[cos t, -sin t, 0], [sin t, cos t, 0], [0, 0, 1]] and T a shift, in pixels about the
 * centre, x to the right and y down.
 *
 * @see Karras et al., Training generative adversarial networks with limited data (2020), appendix B, and
 * stylegan2-ada-pytorch, training/augment.py
 *
 * @example
 * import { Augment, tensor } from 'saddlepoint'
 * Augment.affineMatrices({ flip: 1, shift: tensor([4, 0]) }, 1, [8, 8]).data // => [-1, 0, 1, 0, 1, 0]
 */
export const affineMatrices = (
  movement: Movement,
  n: number,
  extent: readonly [h: number, w: number],
  ...more: None
): Tensor => {
  const op = 'Augment.affineMatrices'
  refuseMore(op, more)
  requireArgument(op, 'n', n, count)
  requireArgument(op, 'extent', extent, {
    expected: '[height, width]',
    accepts: (x) => Array.isArray(x) && x.length === 2 && x.every(count.accepts)
  })
  const [h, w] = extent
  const given = requireOptions<Movement>(op, movement, movementRules)
  const read = (name: keyof Movement, value: PerImage): Tensor => perImage(op, name, value, n)
  const pair = (name: keyof Movement, value: Tensor): readonly [Tensor, Tensor] =>
    coordinates(perImage(op, name, value, n, [2]))
  const [zero, one] = [broadcastTo(0, [n]), broadcastTo(1, [n])]
  let P: Rows = [
    [one, zero, zero],
    [zero, one, zero]
  ]
  if (given.flip !== undefined) P = scaled(P, sub(1, mul(2, read('flip', given.flip))), one)
  if (given.quarters !== undefined) P = rotated(P, mul(Math.PI / 2, read('quarters', given.quarters)))
  if (given.shift !== undefined) {
    const [right, down] = pair('shift', given.shift)
    P = shifted(P, neg(right), neg(down))
  }
  if (given.scale !== undefined) {
    const smaller = div(1, read('scale', given.scale))
    P = scaled(P, smaller, smaller)
  }
  if (given.rotatePre !== undefined) P = rotated(P, read('rotatePre', given.rotatePre))
  if (given.aniso !== undefined) {
    const wider = read('aniso', given.aniso)
    P = scaled(P, div(1, wider), wider)
  }
  if (given.rotatePost !== undefined) P = rotated(P, read('rotatePost', given.rotatePost))
  if (given.fraction !== undefined) {
    const [right, down] = pair('fraction', given.fraction)
    P = shifted(P, mul(-w, right), mul(-h, down))
  }
  // diag(2/w, 2/h, 1) P diag(w/2, h/2, 1)
  const [[ux, uy, u], [vx, vy, v]] = P
  const entries = [ux, mul(uy, h / w), mul(u, 2 / w), mul(vx, w / h), vy, mul(v, 2 / h)]
  return reshape(stack(entries, { axis: 1 }), [n, 2, 3])
}

export interface AffineOptions {
  /** What comes in from outside: zeros (default), or the mirror image. */
  readonly padding?: 'zeros' | 'reflection'
  /** Whether images are sampled without aliases; false by default. */
  readonly lowPass?: boolean
}

const rules = { padding: optional(oneOf('zeros', 'reflection')), lowPass: optional(flag) }

/**
 * Moves images x [N, C, H, W]: all movements as one matrix an image, then one bilinear sampling. Costs four reads a pixel,
 * whatever the movements. Between pixels it smooths, and what is made smaller has aliases; with `lowPass` images are
 * sampled on a grid twice as fine, behind and before the filter of the wavelet sym6, as published, with six times the
 * reads and four products with matrices of H and W.
 *
 * @example
 * import { Augment, tensor } from 'saddlepoint'
 * const x = tensor([1, 2, 3, 4], [1, 1, 2, 2])
 * Augment.affine(x, { shift: tensor([1, 0]) }).data // => [0, 1, 0, 3]
 * Augment.affine(x, { shift: tensor([0.5, 0]) }).data // => [0.5, 1.5, 1.5, 3.5]
 */
export const affine = (x: Tensor, movement: Movement, given: AffineOptions = {}, ...more: None): Tensor => {
  refuseMore('Augment.affine', more)
  const [n, , h, w] = imageShape('Augment.affine', x)
  const { padding = 'zeros', lowPass = false } = requireOptions<AffineOptions>('Augment.affine', given, rules)
  const matrices = affineMatrices(movement, n, [h, w])
  return lowPass ? smoothlyWarped(x, matrices, padding) : affineSample2d(x, matrices, { paddingMode: padding })
}

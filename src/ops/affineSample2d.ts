import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import type { None } from '../tensor/arguments.ts'
import { requireTensor } from '../tensor/arguments.ts'
import { count as extent, flag, oneOf, optional, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { add, mul, sub } from './arithmetic.ts'
import { imageShape } from './images.ts'
import { floating } from './operands.ts'
import { showAval } from '../tensor/tensor.ts'

/** Says what lies outside an image: zeros, its border continued, or its mirror image. */
export interface AffineSampleOptions {
  /** Whether -1 and 1 are the centres of the outermost pixels (0 that of an only one); by default they are their outer edges. */
  readonly alignCorners?: boolean
  readonly paddingMode?: 'zeros' | 'border' | 'reflection'
  /** Extents [H', W'] of the result, as of x by default. */
  readonly size?: readonly [height: number, width: number]
}

/** Returns pixel centres in [-1, 1] along an axis of the result, as [1, H, W]. */
const centres = (h: number, w: number, axis: 1 | 2, alignCorners: boolean): Tensor => {
  const extent = axis === 1 ? h : w
  if (alignCorners && extent === 1) return o.full([1, h, w], 0)
  const index = o.iota([1, h, w], axis, 'float32')
  return alignCorners ? o.sub(o.mul(index, 2 / (extent - 1)), 1) : o.sub(o.div(o.add(o.mul(index, 2), 1), extent), 1)
}

/** Folds a coordinate back and forth between the image's edges: a triangle wave. */
const mirrored = (pixel: Tensor, extent: number, alignCorners: boolean): Tensor => {
  const [edge, span] = alignCorners ? [0, extent - 1] : [-0.5, extent]
  if (span === 0) return mul(pixel, 0)
  const turns = o.mul(o.sub(pixel, edge), 1 / (2 * span))
  return o.add(o.mul(o.abs(o.sub(turns, o.floor(o.add(turns, 0.5)))), 2 * span), edge)
}

/** Converts a coordinate u in [-1, 1] to pixels along an axis of the image. */
const pixelAt = (
  u: Tensor,
  extent: number,
  { alignCorners = false, paddingMode = 'zeros' }: AffineSampleOptions
): Tensor => {
  const pixel = alignCorners ? o.mul(o.add(u, 1), (extent - 1) / 2) : o.div(o.sub(o.mul(o.add(u, 1), extent), 1), 2)
  if (paddingMode === 'zeros') return pixel
  const inside = paddingMode === 'reflection' ? mirrored(pixel, extent, alignCorners) : pixel
  return o.min(o.max(inside, 0), extent - 1)
}

const rules = {
  alignCorners: optional(flag),
  paddingMode: optional(oneOf('zeros', 'border', 'reflection')),
  size: optional({
    expected: 'two extents, [height, width]',
    accepts: (x) => Array.isArray(x) && x.length === 2 && x.every(extent.accepts)
  })
}

/**
 * Warps images x [N, C, H, W] to [N, C, H', W'] by `matrices` [N, 2, 3] or, the same for all, [2, 3]. A matrix takes the place (x, y, 1)
 * of a pixel of the result, column first, to the place (u, v) in x that it is read from, both in [-1, 1]; in between
 * pixels the four neighbours are mixed bilinearly. Differentiable in x and in the matrices.
 *
 * The same as PyTorch's affine_grid and grid_sample.
 *
 * @throws ShapeMisfit where the matrices do not fit
 *
 * @example
 * import { affineSample2d, tensor } from 'saddlepoint'
 * const x = tensor([1, 2, 3, 4], [1, 1, 2, 2])
 * affineSample2d(x, tensor([[1, 0, 0], [0, 1, 0]])).data // => [1, 2, 3, 4]
 * affineSample2d(x, tensor([[-1, 0, 0], [0, 1, 0]])).data // => [2, 1, 4, 3]
 * affineSample2d(x, tensor([[1, 0, 1], [0, 1, 0]])).data // => [2, 0, 4, 0]
 * affineSample2d(x, tensor([[1, 0, 0], [0, 1, 0]]), { size: [1, 4] }).data // => [1.5, 2.25, 2.75, 2.25]
 */
export const affineSample2d = (x: Tensor, matrices: Tensor, given?: AffineSampleOptions, ...more: None): Tensor => {
  const [n, c, h, w] = imageShape('affineSample2d', x, more)
  const options = requireOptions('affineSample2d', given, rules)
  const rank = floating('affineSample2d', requireTensor('affineSample2d', matrices)).shape.length
  const [rows, columns] = matrices.shape.slice(-2)
  if (rows !== 2 || columns !== 3 || !(rank === 2 || (rank === 3 && matrices.shape[0] === n)))
    fail('ShapeMisfit', {
      op: 'affineSample2d',
      expected: `matrices [${String(n)}, 2, 3] or [2, 3]`,
      actual: showAval(matrices)
    })
  const count = rank === 2 ? 1 : n
  const entries = o.reshape(matrices, [count, 6])
  const entry = (i: number): Tensor => o.reshape(o.slice(entries, [0, i], [count, i + 1]), [count, 1, 1])
  const [height, width] = options.size ?? [h, w]
  const right = centres(height, width, 2, options.alignCorners ?? false)
  const down = centres(height, width, 1, options.alignCorners ?? false)
  const place = (row: number): Tensor =>
    add(add(mul(entry(3 * row), right), mul(entry(3 * row + 1), down)), entry(3 * row + 2))

  const column = pixelAt(place(0), w, options)
  const row = pixelAt(place(1), h, options)
  const corner = { column: o.floor(column), row: o.floor(row) }
  const part = { column: o.sub(column, corner.column), row: o.sub(row, corner.row) }
  const pixels = o.transpose(o.reshape(x, [n, c, h * w]), [0, 2, 1])

  /** Gathers the neighbours `below` rows down and `beside` columns to the right, times their weights: [N, H' W', C]. */
  const neighbour = (below: 0 | 1, beside: 0 | 1): Tensor => {
    const [i, j] = [o.add(corner.row, below), o.add(corner.column, beside)]
    const within = (k: Tensor, extent: number, inside: Tensor): Tensor =>
      o.select(o.compare(k, 0, 'ge'), o.select(o.compare(k, extent - 1, 'le'), inside, -1), -1)
    // -1 is out of range, and reads 0. Where all places are inside, a neighbour beyond the last pixel has no weight.
    const flat =
      options.paddingMode === undefined || options.paddingMode === 'zeros'
        ? within(i, h, within(j, w, o.add(o.mul(i, w), j)))
        : o.add(o.mul(below === 1 ? o.min(i, h - 1) : i, w), beside === 1 ? o.min(j, w - 1) : j)
    const spread = o.broadcastInDim(o.reshape(flat, [count, height * width]), [n, height * width], [0, 1])
    const weight = mul(below === 1 ? part.row : sub(1, part.row), beside === 1 ? part.column : sub(1, part.column))
    return mul(o.gather(pixels, o.convert(spread, 'int32'), 1), o.reshape(weight, [count, height * width, 1]))
  }
  const mixed = add(add(neighbour(0, 0), neighbour(0, 1)), add(neighbour(1, 0), neighbour(1, 1)))
  return o.reshape(o.transpose(mixed, [0, 2, 1]), [n, c, height, width])
}

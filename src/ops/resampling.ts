import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import type { None } from '../tensor/arguments.ts'
import { requireArgument } from '../tensor/arguments.ts'
import type { Rule } from '../tensor/options.ts'
import { count, flag, optional, positive, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { slice } from './assembly.ts'
import { extentOf } from './axes.ts'
import type { Pair } from './images.ts'
import { imageShape, pairOf, pairOrZero } from './images.ts'
import { matmul } from './matmul.ts'
import { transpose } from './shaping.ts'
import { showAval } from '../tensor/tensor.ts'

/**
 * Repeats every pixel of images [N, C, H, W] `scale` times each way: out[i] = in[⌊i / scale⌋].
 *
 * @example
 * import { upsampleNearest2d, tensor } from 'saddlepoint'
 * upsampleNearest2d(tensor([1, 2], [1, 1, 1, 2]), 2).data // => [1, 1, 2, 2, 1, 1, 2, 2]
 */
export const upsampleNearest2d = (x: Tensor, scale: Pair, ...more: None): Tensor => {
  const [n, c, h, w] = imageShape('upsampleNearest2d', x, more)
  const [sh, sw] = pairOf('upsampleNearest2d', 'scale', scale, 1)
  return o.reshape(o.broadcastInDim(x, [n, c, h, sh, w, sw], [0, 1, 2, 4]), [n, c, h * sh, w * sw])
}

/** Says how images are resized. */
export interface ResizeOptions {
  /** How many times larger, a positive number or [height, width]. */
  readonly scale: number | readonly [number, number]
  /** Whether the centres of the outermost pixels lie on each other; false by default. */
  readonly alignCorners?: boolean
}

/**
 * Builds the matrix [out, in] of interpolation: row i holds the weights 1 - |source(i) - j| of the two neighbours of
 * where output i comes from.
 */
const bilinearWeights = (extent: number, scale: number, alignCorners: boolean): Tensor => {
  const count = Math.floor(extent * scale)
  const shape = [count, extent]
  const i = o.iota(shape, 0, 'float32')
  const j = o.iota(shape, 1, 'float32')
  const source = alignCorners
    ? o.mul(i, count > 1 ? (extent - 1) / (count - 1) : 0)
    : o.sub(o.div(o.add(i, 0.5), scale), 0.5)
  const clipped = o.min(o.max(source, 0), extent - 1)
  return o.max(o.sub(1, o.abs(o.sub(clipped, j))), 0)
}

const aScale: Rule = {
  expected: 'a positive number, or two of them',
  accepts: (x) => (Array.isArray(x) && x.length === 2 ? x : [x]).every(positive.accepts)
}
const resizeRules = { scale: aScale, alignCorners: optional(flag) }

/**
 * Resizes images [N, C, H, W] to [N, C, ⌊H scale⌋, ⌊W scale⌋] by bilinear interpolation. Output i comes from place
 * (i + 0.5) / scale - 0.5, or i (H - 1) / (H' - 1) with `alignCorners`, clipped to the image; nothing is blurred when
 * shrinking.
 *
 * @throws InvalidArgument where the scale is not positive or leaves no pixel
 *
 * @example
 * import { resizeBilinear2d, tensor } from 'saddlepoint'
 * const x = tensor([0, 1], [1, 1, 1, 2])
 * resizeBilinear2d(x, { scale: [1, 2] }).data // => [0, 0.25, 0.75, 1]
 * resizeBilinear2d(x, { scale: [1, 1.5], alignCorners: true }).data // => [0, 0.5, 1]
 */
export const resizeBilinear2d = (x: Tensor, options: ResizeOptions, ...more: None): Tensor => {
  const [, , h, w] = imageShape('resizeBilinear2d', x, more)
  const { scale, alignCorners = false } = requireOptions('resizeBilinear2d', options, resizeRules)
  const [sh, sw] = typeof scale === 'number' ? [scale, scale] : scale
  if (!(Math.floor(h * sh) >= 1 && Math.floor(w * sw) >= 1 && Number.isFinite(sh * sw)))
    fail('InvalidArgument', {
      op: 'resizeBilinear2d',
      expected: 'a positive scale that leaves at least one pixel',
      actual: `[${String(sh)}, ${String(sw)}] for ${showAval(x)}`
    })
  const wide = matmul(x, transpose(bilinearWeights(w, sw, alignCorners)))
  return matmul(bilinearWeights(h, sh, alignCorners), wide)
}

/**
 * Rearranges [N, C block², H, W] to [N, C, H block, W block]: channel c block² + i block + j goes to row offset i and
 * column offset j of channel c (sub-pixel convolution's shuffle, Shi et al. 2016).
 *
 * @throws ShapeMisfit where the channels are no multiple of block²
 *
 * @example
 * import { depthToSpace, tensor } from 'saddlepoint'
 * depthToSpace(tensor([1, 2, 3, 4], [1, 4, 1, 1]), 2).data // => [1, 2, 3, 4]
 */
export const depthToSpace = (x: Tensor, block: number, ...more: None): Tensor => {
  const [n, channels, h, w] = imageShape('depthToSpace', x, more)
  requireArgument('depthToSpace', 'block', block, count)
  const c = channels / (block * block)
  if (!Number.isInteger(c))
    fail('ShapeMisfit', {
      op: 'depthToSpace',
      expected: `channels that are a multiple of ${String(block)}²`,
      actual: showAval(x)
    })
  const split = o.reshape(x, [n, c, block, block, h, w])
  return o.reshape(o.transpose(split, [0, 1, 4, 2, 5, 3]), [n, c, h * block, w * block])
}

/**
 * Rearranges [N, C, H, W] to [N, C block², H / block, W / block]: the inverse of `depthToSpace`.
 *
 * @throws ShapeMisfit where height or width is no multiple of the block
 *
 * @example
 * import { spaceToDepth, tensor } from 'saddlepoint'
 * spaceToDepth(tensor([1, 2, 3, 4], [1, 1, 2, 2]), 2).shape // => [1, 4, 1, 1]
 */
export const spaceToDepth = (x: Tensor, block: number, ...more: None): Tensor => {
  const [n, c, height, width] = imageShape('spaceToDepth', x, more)
  requireArgument('spaceToDepth', 'block', block, count)
  const [h, w] = [height / block, width / block]
  if (!Number.isInteger(h) || !Number.isInteger(w))
    fail('ShapeMisfit', {
      op: 'spaceToDepth',
      expected: `height and width that are multiples of ${String(block)}`,
      actual: showAval(x)
    })
  const split = o.reshape(x, [n, c, h, block, w, block])
  return o.reshape(o.transpose(split, [0, 1, 3, 5, 2, 4]), [n, c * block * block, h, w])
}

/** Says how many pixels to add above and at the left (`low`), and below and at the right (`high`). */
export interface ReflectPadOptions {
  readonly low: Pair
  readonly high: Pair
}

const reflected = (x: Tensor, axis: number, low: number, high: number): Tensor => {
  const extent = extentOf(x.shape, axis)
  const piece = (from: number, to: number): Tensor =>
    slice(x, {
      start: x.shape.map((_, i) => (i === axis ? from : 0)),
      end: x.shape.with(axis, to)
    })
  const before = low === 0 ? [] : [o.reverse(piece(1, low + 1), [axis])]
  const behind = high === 0 ? [] : [o.reverse(piece(extent - 1 - high, extent - 1), [axis])]
  return before.length + behind.length === 0 ? x : o.concat([...before, x, ...behind], axis)
}

/**
 * Continues images [N, C, H, W] by their mirror image on every side; the edge itself is not repeated.
 *
 * @throws ShapeMisfit where more is asked for than the image has beside its edge
 *
 * @example
 * import { reflectPad2d, tensor } from 'saddlepoint'
 * reflectPad2d(tensor([1, 2, 3], [1, 1, 1, 3]), { low: [0, 2], high: [0, 1] }).data // => [3, 2, 1, 2, 3, 2]
 */
export const reflectPad2d = (x: Tensor, options: ReflectPadOptions, ...more: None): Tensor => {
  const [, , h, w] = imageShape('reflectPad2d', x, more)
  const { low, high } = requireOptions('reflectPad2d', options, { low: pairOrZero, high: pairOrZero })
  const [top, left] = pairOf('reflectPad2d', 'low', low, 0)
  const [bottom, right] = pairOf('reflectPad2d', 'high', high, 0)
  if (Math.max(top, bottom) >= h || Math.max(left, right) >= w)
    fail('ShapeMisfit', {
      op: 'reflectPad2d',
      expected: 'padding smaller than the image',
      actual: `low [${String(top)}, ${String(left)}], high [${String(bottom)}, ${String(right)}] for ${showAval(x)}`
    })
  return reflected(reflected(x, 2, top, bottom), 3, left, right)
}

import { abs, add, div, mul, sub } from '../../../ops/arithmetic.ts'
import { less, logicalAnd, where } from '../../../ops/comparison.ts'
import { imageShape } from '../../../ops/images.ts'
import { expandDims } from '../../../ops/shaping.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireTensor } from '../../../tensor/arguments.ts'
import { fail } from '../../../tensor/error.ts'
import { equalShapes } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { showAval } from '../../../tensor/tensor.ts'
import type { PerImage } from './perImage.ts'
import { coordinates, overAxes, perImage } from './perImage.ts'
import { columnNumbers, rowNumbers } from './pixels.ts'

/**
 * Adds sigma times a drawn noise, which is shaped like the images [N, C, H, W].
 *
 * @example
 * import { Augment, ones } from 'saddlepoint'
 * Augment.noise(ones([1, 1, 1, 2]), 0.5, ones([1, 1, 1, 2])).data // => [1.5, 1.5]
 */
export const noise = (x: Tensor, sigma: PerImage, drawn: Tensor, ...more: None): Tensor => {
  const op = 'Augment.noise'
  refuseMore(op, more)
  const [n] = imageShape(op, x)
  if (!equalShapes(requireTensor(op, drawn).shape, x.shape))
    fail('ShapeMisfit', { op, expected: `noise ${showAval(x)}`, actual: showAval(drawn) })
  return add(x, mul(overAxes(perImage(op, 'sigma', sigma, n)), drawn))
}

/**
 * Sets a square of images [N, C, H, W] to 0: the pixels whose centre is less than size/2 from `centre` along both axes.
 * Both are shares of the width and the height, `centre` [N, 2] as (from the left, from the top).
 *
 * @example
 * import { Augment, ones, tensor } from 'saddlepoint'
 * Augment.cutout(ones([1, 1, 2, 2]), 0.5, tensor([0.25, 0.25])).data // => [0, 1, 1, 1]
 */
export const cutout = (x: Tensor, size: PerImage, centre: Tensor, ...more: None): Tensor => {
  const op = 'Augment.cutout'
  refuseMore(op, more)
  const [n, , h, w] = imageShape(op, x)
  const half = overAxes(mul(perImage(op, 'size', size, n), 0.5), 2)
  const [cx, cy] = coordinates(perImage(op, 'centre', centre, n, [2]))
  const near = (pixel: Tensor, extent: number, c: Tensor): Tensor =>
    less(abs(sub(div(add(pixel, 0.5), extent), overAxes(c, 2))), half)
  const inside = logicalAnd(near(columnNumbers(w), w, cx), near(rowNumbers(h), h, cy))
  return where(expandDims(inside, { axes: [1] }), 0, x)
}

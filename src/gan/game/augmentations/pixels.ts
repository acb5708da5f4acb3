import { add, mul } from '../../../ops/arithmetic.ts'
import { greaterEqual, less, logicalAnd, where } from '../../../ops/comparison.ts'
import { convert } from '../../../ops/conversion.ts'
import { arange } from '../../../ops/creation.ts'
import { imageShape } from '../../../ops/images.ts'
import { broadcastTo, reshape, transpose } from '../../../ops/shaping.ts'
import { o } from '../../../primitives/vocabulary.ts'
import type { Tensor } from '../../../tensor/tensor.ts'

/** Numbers the rows of images from the top, [1, h, 1], and columns from the left, [1, 1, w]. */
export const rowNumbers = (h: number): Tensor => reshape(arange(h), [1, h, 1])
export const columnNumbers = (w: number): Tensor => reshape(arange(w), [1, 1, w])

const within = (place: Tensor, extent: number): Tensor => logicalAnd(greaterEqual(place, 0), less(place, extent))

/**
 * Reads pixel (rows, columns) of each image for each pixel of the result; both are whole numbers that broadcast to
 * [N, H, W], and outside of the image is 0. x is [N, C, H, W].
 */
export const pixelsAt = (op: string, x: Tensor, rows: Tensor, columns: Tensor): Tensor => {
  const [n, c, h, w] = imageShape(op, x)
  const inside = logicalAnd(within(rows, h), within(columns, w))
  // -1 is out of range, and reads 0.
  const places = broadcastTo(where(inside, add(mul(rows, w), columns), -1), [n, h, w])
  const pixels = transpose(reshape(x, [n, c, h * w]), [0, 2, 1])
  const read = o.gather(pixels, convert(reshape(places, [n, h * w]), 'int32'), 1)
  return reshape(transpose(read, [0, 2, 1]), [n, c, h, w])
}

import { abs, div, floor, mul, sub } from '../../../ops/arithmetic.ts'
import { equal, where } from '../../../ops/comparison.ts'
import { imageShape } from '../../../ops/images.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore } from '../../../tensor/arguments.ts'
import { fail } from '../../../tensor/error.ts'
import { oneOf, optional, requireOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { showAval } from '../../../tensor/tensor.ts'
import type { PerImage } from './perImage.ts'
import { coordinates, overAxes, perImage } from './perImage.ts'
import { columnNumbers, pixelsAt, rowNumbers } from './pixels.ts'

/**
 * Mirrors images [N, C, H, W] from left to right where `flipped` is 1, and leaves them where it is 0: out[r, c] =
 * in[r, W - 1 - c].
 *
 * @example
 * import { Augment, tensor } from 'saddlepoint'
 * Augment.flip(tensor([1, 2, 3, 4], [1, 1, 2, 2]), 1).data // => [2, 1, 4, 3]
 */
export const flip = (x: Tensor, flipped: PerImage, ...more: None): Tensor => {
  refuseMore('Augment.flip', more)
  const [n, , h, w] = imageShape('Augment.flip', x)
  const f = overAxes(perImage('Augment.flip', 'flipped', flipped, n), 2)
  const columns = where(equal(f, 1), sub(w - 1, columnNumbers(w)), columnNumbers(w))
  return pixelsAt('Augment.flip', x, rowNumbers(h), columns)
}

/**
 * Turns square images [N, C, H, H] counter-clockwise by so many quarters of a turn, as one looks at them: one quarter is
 * out[r, c] = in[c, H - 1 - r].
 *
 * @throws ShapeMisfit where images are not square
 *
 * @example
 * import { Augment, tensor } from 'saddlepoint'
 * Augment.rotate90(tensor([1, 2, 3, 4], [1, 1, 2, 2]), 1).data // => [2, 4, 1, 3]
 */
export const rotate90 = (x: Tensor, quarters: PerImage, ...more: None): Tensor => {
  refuseMore('Augment.rotate90', more)
  const [n, , h, w] = imageShape('Augment.rotate90', x)
  if (h !== w) fail('ShapeMisfit', { op: 'Augment.rotate90', expected: 'images [N, C, H, H]', actual: showAval(x) })
  const q = overAxes(perImage('Augment.rotate90', 'quarters', quarters, n), 2)
  const turns = sub(q, mul(4, floor(div(q, 4))))
  const [r, c] = [rowNumbers(h), columnNumbers(w)]
  const [fromBelow, fromRight] = [sub(h - 1, r), sub(w - 1, c)]
  const turned = (by: readonly [Tensor, Tensor, Tensor, Tensor]): Tensor =>
    where(equal(turns, 0), by[0], where(equal(turns, 1), by[1], where(equal(turns, 2), by[2], by[3])))
  return pixelsAt('Augment.rotate90', x, turned([r, c, fromBelow, fromRight]), turned([c, fromBelow, fromRight, r]))
}

export interface TranslateOptions {
  /** What comes in from outside: zeros (default), or the mirror image, its edge not repeated: pixel -1 is pixel 1. */
  readonly padding?: 'zeros' | 'reflection'
}

const rules = { padding: optional(oneOf('zeros', 'reflection')) }

/** Folds a place back and forth between pixel 0 and pixel extent - 1. */
const mirrored = (place: Tensor, extent: number): Tensor => {
  if (extent === 1) return mul(place, 0)
  const period = 2 * (extent - 1)
  const distance = abs(place)
  const phase = sub(distance, mul(period, floor(div(distance, period))))
  return sub(extent - 1, abs(sub(phase, extent - 1)))
}

/**
 * Moves images [N, C, H, W] by whole pixels: `shift` [N, 2] is (to the right, down), and out[r, c] = in[r - down, c -
 * right].
 *
 * @example
 * import { Augment, tensor } from 'saddlepoint'
 * const x = tensor([1, 2, 3, 4], [1, 1, 2, 2])
 * Augment.translate(x, tensor([1, 0])).data // => [0, 1, 0, 3]
 * Augment.translate(x, tensor([0, 1]), { padding: 'reflection' }).data // => [3, 4, 1, 2]
 */
export const translate = (x: Tensor, shift: Tensor, given: TranslateOptions = {}, ...more: None): Tensor => {
  refuseMore('Augment.translate', more)
  const [n, , h, w] = imageShape('Augment.translate', x)
  const { padding = 'zeros' } = requireOptions<TranslateOptions>('Augment.translate', given, rules)
  const [right, down] = coordinates(perImage('Augment.translate', 'shift', shift, n, [2]))
  const [rows, columns] = [sub(rowNumbers(h), overAxes(down, 2)), sub(columnNumbers(w), overAxes(right, 2))]
  return padding === 'zeros'
    ? pixelsAt('Augment.translate', x, rows, columns)
    : pixelsAt('Augment.translate', x, mirrored(rows, h), mirrored(columns, w))
}

import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import { range, sizeOf } from '../tensor/shape.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import type { Rules } from '../tensor/options.ts'
import { flag, optional, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { div, mul } from './arithmetic.ts'
import type { Padding, Pair } from './images.ts'
import { imageShape, padding as paddingRule, paddingOf, pair, pairOf, placesOn } from './images.ts'
import { showAval } from '../tensor/tensor.ts'

/**
 * Says how windows of [height, width] lie: `stride` apart (by default side by side), over an image with `padding`
 * around it.
 */
export interface PoolOptions {
  readonly window: Pair
  readonly stride?: Pair
  readonly padding?: Padding
}

/**
 * Combines what windows of `extent`, `stride` apart, meet along `axis`: the first elements of all windows with the
 * second ones, and so on.
 */
const alongAxis = (
  op: string,
  x: Tensor,
  axis: number,
  extent: number,
  stride: number,
  combine: (a: Tensor, b: Tensor) => Tensor
): Tensor => {
  const places = placesOn(x.shape[axis] ?? 0, extent, stride, 0)
  if (places < 1)
    fail('ShapeMisfit', {
      op,
      expected: `at least ${String(extent)} elements along axis ${String(axis)}`,
      actual: showAval(x)
    })
  const start = x.shape.map(() => 0)
  const strides = x.shape.map((_, i) => (i === axis ? stride : 1))
  return range(extent)
    .map((k) => o.slice(x, start.with(axis, k), x.shape.with(axis, k + (places - 1) * stride + 1), strides))
    .reduce(combine)
}

/** Puts so many elements before and behind x along an axis. */
type Surround = (x: Tensor, axis: number, [before, behind]: readonly [number, number]) => Tensor

const rules: Rules = { window: pair, stride: optional(pair), padding: optional(paddingRule) }

/** Combines along both spatial axes, one after the other: width first. */
const pool = (
  op: string,
  x: Tensor,
  { window, stride = window, padding = 0 }: PoolOptions,
  surround: Surround,
  combine: (a: Tensor, b: Tensor) => Tensor
): Tensor => {
  imageShape(op, x)
  const [kh, kw] = pairOf(op, 'window', window, 1)
  const [sh, sw] = pairOf(op, 'stride', stride, 1)
  const [[top, bottom], [left, right]] = paddingOf(op, padding)
  if (Math.max(top, bottom) >= kh || Math.max(left, right) >= kw)
    fail('InvalidArgument', {
      op,
      expected: 'padding smaller than the window, so that every window meets the image',
      actual: `padding [[${String(top)}, ${String(bottom)}], [${String(left)}, ${String(right)}]]`
    })
  if (sizeOf(x.shape.slice(2)) === 0)
    fail('ShapeMisfit', { op, expected: 'images of at least one pixel', actual: showAval(x) })
  const padded = surround(surround(x, 3, [left, right]), 2, [top, bottom])
  return alongAxis(op, alongAxis(op, padded, 3, kw, sw, combine), 2, kh, sh, combine)
}

const byZeros: Surround = (x, axis, [before, behind]) => {
  const none = x.shape.map(() => 0)
  return before + behind === 0 ? x : o.pad(x, 0, none.with(axis, before), none.with(axis, behind))
}

/** Repeats the outermost elements: a window that reaches a copy holds the element itself, so no maximum changes. */
const byCopies: Surround = (x, axis, [before, behind]) => {
  const start = x.shape.map(() => 0)
  const copies = (place: number, count: number): readonly Tensor[] => {
    if (count === 0) return []
    const one = o.slice(x, start.with(axis, place), x.shape.with(axis, place + 1))
    return [o.broadcastInDim(one, x.shape.with(axis, count), range(x.shape.length))]
  }
  return o.concat([...copies(0, before), x, ...copies(x.shape[axis]! - 1, behind)], axis)
}

/** Says whether the padding's zeros count as elements of a window; by default they do, as in PyTorch. */
export interface AveragePoolOptions extends PoolOptions {
  readonly countIncludePad?: boolean
}

/**
 * Averages each window of images [N, C, H, W]; the result is [N, C, H', W'] with
 * H' = ⌊(H + padding - window) / stride⌋ + 1.
 *
 * @throws ShapeMisfit where the padded image is smaller than the window
 *
 * @example
 * import { avgPool2d, arange, reshape } from 'saddlepoint'
 * avgPool2d(reshape(arange(16), [1, 1, 4, 4]), { window: 2 }).data // => [2.5, 4.5, 10.5, 12.5]
 */
export const avgPool2d = (x: Tensor, options: AveragePoolOptions, ...more: None): Tensor => {
  refuseMore('avgPool2d', more)
  requireOptions('avgPool2d', options, averageRules)
  const [kh, kw] = pairOf('avgPool2d', 'window', options.window, 1)
  const sums = pool('avgPool2d', x, options, byZeros, o.add)
  if (options.countIncludePad ?? true) return div(sums, kh * kw)
  const inside = o.full([1, 1, ...x.shape.slice(2)], 1)
  return mul(sums, o.div(1, pool('avgPool2d', inside, options, byZeros, o.add)))
}

const averageRules: Rules = { ...rules, countIncludePad: optional(flag) }

/** Takes the larger one, of equals the earlier one (to which the whole derivative goes), and NaN where one is NaN. */
const firstLargest = (a: Tensor, b: Tensor): Tensor => {
  const isLarger = o.compare(b, a, 'gt')
  const isNaN = o.compare(b, b, 'ne')
  return o.select(isLarger, b, o.select(isNaN, b, a))
}

/**
 * Takes the largest element of each window of images [N, C, H, W]; shapes as for `avgPool2d`. Padding never wins. Of
 * equal elements the first, row by row, gets the whole derivative, as in PyTorch.
 *
 * @throws ShapeMisfit where the padded image is smaller than the window
 *
 * @example
 * import { maxPool2d, arange, reshape } from 'saddlepoint'
 * maxPool2d(reshape(arange(16), [1, 1, 4, 4]), { window: 2 }).data // => [5, 7, 13, 15]
 */
export const maxPool2d = (x: Tensor, options: PoolOptions, ...more: None): Tensor => {
  refuseMore('maxPool2d', more)
  return pool('maxPool2d', x, requireOptions('maxPool2d', options, rules), byCopies, firstLargest)
}

import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import type { None } from '../tensor/arguments.ts'
import { showValue } from '../tensor/problem.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { AxisOptions } from './axes.ts'
import { axisOption, extentOf } from './axes.ts'
import { gatherAlong } from './gatherAlong.ts'
import { mirrored } from './mirrored.ts'
import { spreadTo } from './operands.ts'
import { maxOver } from './reduce.ts'
import { showAval } from '../tensor/tensor.ts'

/**
 * Finds the places (int32) of x's elements in ascending order along `axis`; equal ones keep their order, NaN goes last.
 *
 * @example
 * import { argsort, tensor } from 'saddlepoint'
 * argsort(tensor([3, 1, 2])).data // => [1, 2, 0]
 */
export const argsort = (x: Tensor, options?: AxisOptions, ...more: None): Tensor =>
  o.argsort(x, axisOption('argsort', x, options, -1, more))

/**
 * Sorts x in ascending order along `axis`. Its derivative goes with the elements.
 *
 * @example
 * import { sort, tensor } from 'saddlepoint'
 * sort(tensor([3, 1, 2])).data // => [1, 2, 3]
 */
export const sort = (x: Tensor, options?: AxisOptions, ...more: None): Tensor => {
  const place = axisOption('sort', x, options, -1, more)
  return gatherAlong(ordered('sort', x), o.argsort(o.stopGradient(x), place), place)
}

/** Returns x where its values have an order, and fails for bool. */
const ordered = (op: string, x: Tensor): Tensor =>
  x.dtype === 'bool' ? fail('DTypeMisfit', { op, expected: 'a float32 or int32 tensor', actual: showAval(x) }) : x

/**
 * Returns `[values, places]` of the k largest elements along `axis`, largest first; of equal ones the first comes
 * first. NaN counts as larger than all numbers, as in PyTorch and JAX.
 *
 * @throws InvalidArgument where the axis has fewer than k elements
 *
 * @example
 * import { topK, tensor } from 'saddlepoint'
 * const [values, places] = topK(tensor([3, 1, 4, 1, 5]), 2)
 * values.data // => [5, 4]
 * places.data // => [4, 2]
 */
export const topK = (x: Tensor, k: number, options?: AxisOptions, ...more: None): [values: Tensor, places: Tensor] => {
  const place = axisOption('topK', x, options, -1, more)
  ordered('topK', x)
  if (!Number.isInteger(k) || k < 0 || k > extentOf(x.shape, place))
    fail('InvalidArgument', {
      op: 'topK',
      expected: `k from 0 to ${String(extentOf(x.shape, place))}`,
      actual: `${showValue(k)} for ${showAval(x)}`
    })
  // Ascending order read backwards, of x read backwards, so that of equal ones the first comes first.
  const backwards = (y: Tensor): Tensor => o.reverse(y, [place])
  const order = backwards(o.argsort(backwards(o.stopGradient(x)), place))
  const last = extentOf(x.shape, place) - 1
  const largest = o.slice(
    order,
    x.shape.map(() => 0),
    x.shape.with(place, k)
  )
  const places = o.sub(last, largest)
  return [gatherAlong(x, places, place), places]
}

/**
 * Finds the place (int32) of the largest element along `axis`, the first of several; of NaN, where there is one.
 *
 * @throws ShapeMisfit where there is no element to choose from
 *
 * @example
 * import { argmax, tensor } from 'saddlepoint'
 * argmax(tensor([[1, 5, 5], [4, 3, 2]])).data // => [1, 0]
 */
export const argmax = (x: Tensor, options?: AxisOptions, ...more: None): Tensor =>
  placeOfLargest('argmax', x, axisOption('argmax', x, options, -1, more))

const placeOfLargest = (op: string, given: Tensor, place: number): Tensor => {
  const x = ordered(op, given)
  const top = o.stopGradient(maxOver(op, x, { over: [place], keepDims: true }))
  const last = extentOf(x.shape, place) - 1
  const fromEnd = o.sub(last, o.iota(x.shape, place))
  const limit = spreadTo(top, x.shape)
  const isNumber = o.compare(x, x, 'eq')
  const isLower = o.select(o.compare(limit, limit, 'eq'), o.compare(x, limit, 'lt'), isNumber)
  return o.sub(last, o.reduceMax(o.select(isLower, 0, fromEnd), [place]))
}

/**
 * Finds the place (int32) of the smallest element along `axis`, the first of several; of NaN, where there is one.
 *
 * @example
 * import { argmin, tensor } from 'saddlepoint'
 * argmin(tensor([3, 1, 1])).data // => [1]
 */
export const argmin = (x: Tensor, options?: AxisOptions, ...more: None): Tensor => {
  const place = axisOption('argmin', x, options, -1, more)
  return placeOfLargest('argmin', mirrored('argmin', x), place)
}

import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireList, requireTensor } from '../tensor/arguments.ts'
import type { Rule } from '../tensor/options.ts'
import { optional, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { AxesOptions, AxisOptions } from './axes.ts'
import { axesOption, axisIn, axisOption, axisRules } from './axes.ts'
import type { Operand } from './operands.ts'
import { lift, operandRule } from './operands.ts'
import { showAval } from '../tensor/tensor.ts'

/** What takes tensors apart and puts them together, without arithmetic. */

/** Returns the first of a list of tensors, and fails where there is none. */
const first = (op: string, xs: readonly Tensor[]): Tensor =>
  xs[0] ?? fail('InvalidArgument', { op, expected: 'at least one tensor', actual: 'an empty list' })

const fitTogether = (op: string, xs: readonly Tensor[], axis?: number): void => {
  const head = first(op, xs)
  const fits = (x: Tensor): boolean =>
    x.shape.length === head.shape.length && x.shape.every((n, i) => i === axis || n === head.shape[i])
  if (!xs.every(fits))
    fail('ShapeMisfit', {
      op,
      expected: axis === undefined ? 'tensors of one shape' : `shapes that are equal but for axis ${String(axis)}`,
      actual: xs.map(showAval).join(', ')
    })
  if (!xs.every((x) => x.dtype === head.dtype))
    fail('DTypeMisfit', { op, expected: 'tensors of one dtype', actual: xs.map(showAval).join(', ') })
}

/**
 * Joins tensors one after the other along `axis`.
 *
 * @throws ShapeMisfit where they differ along another axis; DTypeMisfit where their dtypes differ
 *
 * @example
 * import { concat, tensor } from 'saddlepoint'
 * concat([tensor([1, 2]), tensor([3])]).data // => [1, 2, 3]
 * concat([tensor([[1], [2]]), tensor([[3], [4]])], { axis: -1 }).data // => [1, 3, 2, 4]
 */
export const concat = (xs: readonly Tensor[], options?: AxisOptions, ...more: None): Tensor => {
  for (const x of requireList('concat', xs, 'a list of tensors')) requireTensor('concat', x)
  const head = first('concat', xs)
  const place = axisOption('concat', head, options, 0, more)
  fitTogether('concat', xs, place)
  return xs.length === 1 ? head : o.concat(xs, place)
}

/**
 * Joins tensors of one shape side by side along a new axis of the result.
 *
 * @throws ShapeMisfit where their shapes differ; DTypeMisfit where their dtypes differ
 *
 * @example
 * import { stack, tensor } from 'saddlepoint'
 * stack([tensor([1, 2]), tensor([3, 4])]).shape // => [2, 2]
 * stack([tensor([1, 2]), tensor([3, 4])], { axis: 1 }).data // => [1, 3, 2, 4]
 */
export const stack = (xs: readonly Operand[], options?: AxisOptions, ...more: None): Tensor => {
  refuseMore('stack', more)
  const tensors = requireList('stack', xs, 'a list of tensors').map((x) => lift('stack', x))
  fitTogether('stack', tensors)
  const { axis = 0 } = requireOptions('stack', options, axisRules)
  const { shape } = first('stack', tensors)
  const place = axisIn('stack', first('stack', tensors), axis, shape.length + 1)
  const spread = shape.toSpliced(place, 0, 1)
  return o.concat(
    tensors.map((x) => o.reshape(x, spread)),
    place
  )
}

/**
 * Says, axis by axis, where to start, where to end (exclusive) and how far to step. Negative places count from the end.
 */
export interface SliceOptions {
  readonly start?: readonly number[]
  readonly end?: readonly number[]
  readonly strides?: readonly number[]
}

const places: Rule = {
  expected: 'a list of numbers, one an axis',
  accepts: (x) => Array.isArray(x) && x.every((n) => typeof n === 'number')
}
const sliceRules = { start: optional(places), end: optional(places), strides: optional(places) }

/**
 * Takes every strides[i]-th element from start[i] up to, not including, end[i], along each axis i; axes that are not
 * mentioned stay whole. Negative places count from the end.
 *
 * @throws InvalidArgument where a place lies outside the axis or a stride is no positive integer
 *
 * @example
 * import { slice, tensor } from 'saddlepoint'
 * const x = tensor([[1, 2, 3], [4, 5, 6]])
 * slice(x, { start: [0, 1] }).data // => [2, 3, 5, 6]
 * slice(x, { end: [1, -1] }).data // => [1, 2]
 * slice(x, { strides: [1, 2] }).data // => [1, 3, 4, 6]
 */
export const slice = (x: Tensor, options?: SliceOptions, ...more: None): Tensor => {
  refuseMore('slice', more)
  requireTensor('slice', x)
  const { start = [], end = [], strides = [] } = requireOptions('slice', options, sliceRules)
  const refuse = (actual: string): never =>
    fail('InvalidArgument', {
      op: 'slice',
      expected: `at most ${String(x.shape.length)} places within ${showAval(x)}, and positive strides`,
      actual,
      ...(strides.some((n) => n < 0) ? { hint: 'To go backwards, flip first' } : {})
    })
  if (Math.max(start.length, end.length, strides.length) > x.shape.length) refuse('more places than axes')
  const place = (given: number | undefined, extent: number, otherwise: number): number => {
    const at = given === undefined ? otherwise : given < 0 ? given + extent : given
    return Number.isInteger(at) && at >= 0 && at <= extent ? at : refuse(`place ${String(given)}`)
  }
  const from = x.shape.map((extent, axis) => place(start[axis], extent, 0))
  const to = x.shape.map((extent, axis) => Math.max(from[axis] ?? 0, place(end[axis], extent, extent)))
  const by = x.shape.map((_, axis) => strides[axis] ?? 1)
  if (!by.every((n) => Number.isInteger(n) && n > 0)) refuse(`strides [${strides.join(', ')}]`)
  return o.slice(x, from, to, by)
}

/**
 * Reverses x along these axes; along all of them where none are named.
 *
 * @example
 * import { flip, tensor } from 'saddlepoint'
 * flip(tensor([[1, 2], [3, 4]]), { axes: [1] }).data // => [2, 1, 4, 3]
 */
export const flip = (x: Tensor, options?: AxesOptions, ...more: None): Tensor => {
  const axes = axesOption('flip', x, options, more)
  return axes.length === 0 ? x : o.reverse(x, axes)
}

/** Says how many elements to put before and behind each axis, and their value. */
export interface PadOptions {
  readonly low: readonly number[]
  readonly high: readonly number[]
  readonly value?: Operand
}

const padRules = { low: places, high: places, value: optional(operandRule) }

/**
 * Pads x with low[i] elements of `value` (a scalar, 0 by default) before and high[i] behind it along axis i. Negative
 * numbers cut elements off.
 *
 * @throws ShapeMisfit where low and high do not name every axis, or more is cut off than there is
 *
 * @example
 * import { pad, tensor } from 'saddlepoint'
 * pad(tensor([1, 2]), { low: [1], high: [2] }).data // => [0, 1, 2, 0, 0]
 * pad(tensor([1, 2]), { low: [-1], high: [1], value: 9 }).data // => [2, 9]
 */
export const pad = (x: Tensor, options: PadOptions, ...more: None): Tensor => {
  refuseMore('pad', more)
  requireTensor('pad', x)
  const { low, high, value = 0 } = requireOptions('pad', options, padRules)
  return o.pad(x, value, low, high)
}

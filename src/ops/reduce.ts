import { o } from '../primitives/vocabulary.ts'
import { refuseMore, requireTensor } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rules } from '../tensor/options.ts'
import { flag, optional, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'
import { div, square, sub } from './arithmetic.ts'
import { axesIn, axesRules, reducedShape, sizeAlong } from './axes.ts'

/** Reductions over axes that are known to be there, of which the public ones and those of other ops are made. */

/** Says over which axes to reduce (all by default, none for []), and whether they stay as extents of 1. */
export interface ReductionOptions {
  readonly axes?: readonly number[]
  readonly keepDims?: boolean
}

/** Says over which axes an op reduces, counted from the front and ascending, and whether they stay. */
export interface Reduction {
  readonly over: readonly number[]
  readonly keepDims: boolean
}

export const reductionRules: Rules = { ...axesRules, keepDims: optional(flag) }

/** Reads the options of a reduction of x. */
export const reductionOf = <G extends ReductionOptions>(
  op: string,
  x: Tensor,
  given: G | undefined,
  more: readonly unknown[],
  rules: Rules = reductionRules
): Reduction & { readonly options: G } => {
  refuseMore(op, more)
  const options = requireOptions(op, given, rules)
  return { over: axesIn(op, requireTensor(op, x), options.axes), keepDims: options.keepDims ?? false, options }
}

const restored = (x: Tensor, reduced: Tensor, { over, keepDims }: Reduction): Tensor =>
  keepDims && over.length > 0 ? o.reshape(reduced, reducedShape(x.shape, over, true)) : reduced

/** Sums x over axes that it has. */
export const sumOver = (x: Tensor, reduction: Reduction): Tensor =>
  reduction.over.length === 0 ? x : restored(x, o.reduceSum(x, reduction.over), reduction)

/** Averages x over axes that it has. */
export const meanOver = (x: Tensor, reduction: Reduction): Tensor =>
  div(sumOver(x, reduction), sizeAlong(x.shape, reduction.over))

/** Computes the mean squared distance from the mean, over axes that x has. */
export const varianceOver = (x: Tensor, { over, keepDims }: Reduction, ddof: number): Tensor => {
  const centered = sub(x, meanOver(x, { over, keepDims: true }))
  return div(sumOver(square(centered), { over, keepDims }), sizeAlong(x.shape, over) - ddof)
}

/** Finds the largest element over axes that x has. */
export const maxOver = (op: string, x: Tensor, reduction: Reduction): Tensor => {
  if (sizeAlong(x.shape, reduction.over) === 0)
    fail('ShapeMisfit', { op, expected: 'at least one element to choose from', actual: showAval(x) })
  return reduction.over.length === 0 ? x : restored(x, o.reduceMax(x, reduction.over), reduction)
}

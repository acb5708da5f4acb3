import { o } from '../primitives/vocabulary.ts'
import type { None } from '../tensor/arguments.ts'
import type { Rules } from '../tensor/options.ts'
import { finite, optional } from '../tensor/options.ts'
import { range } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { AxisOptions } from './axes.ts'
import { axisOption, reducedShape, sizeAlong } from './axes.ts'
import { mirrored } from './mirrored.ts'
import { floating } from './operands.ts'
import type { ReductionOptions } from './reduce.ts'
import { maxOver, meanOver, reductionOf, reductionRules, sumOver, varianceOver } from './reduce.ts'

export type { ReductionOptions } from './reduce.ts'

/**
 * Sums x over `axes`.
 *
 * @throws InvalidArgument where an axis does not exist or is named twice
 *
 * @example
 * import { sum, tensor } from 'saddlepoint'
 * const x = tensor([[1, 2], [3, 4]])
 * sum(x).data // => [10]
 * sum(x, { axes: [0] }).data // => [4, 6]
 * sum(x, { axes: [-1], keepDims: true }).shape // => [2, 1]
 */
export const sum = (x: Tensor, options?: ReductionOptions, ...more: None): Tensor =>
  sumOver(x, reductionOf('sum', x, options, more))

/**
 * Averages x over `axes`.
 *
 * @example
 * import { mean, tensor } from 'saddlepoint'
 * mean(tensor([[1, 2], [3, 4]]), { axes: [0] }).data // => [2, 3]
 */
export const mean = (x: Tensor, options?: ReductionOptions, ...more: None): Tensor => {
  const reduction = reductionOf('mean', x, options, more)
  return meanOver(floating('mean', x), reduction)
}

/** Adds `ddof`, which is subtracted from the count: 0 for the biased variance (the default), 1 for the unbiased one. */
export interface VarianceOptions extends ReductionOptions {
  readonly ddof?: number
}

/**
 * Computes the mean squared distance from the mean over `axes`, in two passes, which loses no digits to a large mean;
 * divided by n - ddof.
 *
 * @example
 * import { variance, tensor } from 'saddlepoint'
 * variance(tensor([1, 2, 3, 4])).data // => [1.25]
 * variance(tensor([1, 2, 3, 4]), { ddof: 1 }).data // => [1.6666667]
 */
export const variance = (x: Tensor, options?: VarianceOptions, ...more: None): Tensor => {
  const reduction = reductionOf('variance', x, options, more, varianceRules)
  return varianceOver(floating('variance', x), reduction, reduction.options.ddof ?? 0)
}

const varianceRules: Rules = { ...reductionRules, ddof: optional(finite) }

/**
 * Finds the largest element over `axes`; ties share the derivative equally, and NaN wins.
 *
 * @throws ShapeMisfit where there is no element to choose from
 *
 * @example
 * import { reduceMax, tensor } from 'saddlepoint'
 * reduceMax(tensor([[1, 5], [3, 4]]), { axes: [1] }).data // => [5, 4]
 */
export const reduceMax = (x: Tensor, options?: ReductionOptions, ...more: None): Tensor =>
  maxOver('reduceMax', x, reductionOf('reduceMax', x, options, more))

/**
 * Finds the smallest element over `axes`; ties and NaN as in `reduceMax`.
 *
 * @example
 * import { reduceMin, tensor } from 'saddlepoint'
 * reduceMin(tensor([[1, 5], [3, 4]]), { axes: [1] }).data // => [1, 3]
 */
export const reduceMin = (x: Tensor, options?: ReductionOptions, ...more: None): Tensor => {
  const reduction = reductionOf('reduceMin', x, options, more)
  return mirrored('reduceMin', maxOver('reduceMin', mirrored('reduceMin', x), reduction))
}

/**
 * Multiplies the elements over `axes`; right, with all its derivatives, where factors are 0.
 *
 * @example
 * import { prod, tensor } from 'saddlepoint'
 * prod(tensor([[1, 2], [3, 4]]), { axes: [1] }).data // => [2, 12]
 */
export const prod = (x: Tensor, options?: ReductionOptions, ...more: None): Tensor => {
  const { over, keepDims } = reductionOf('prod', x, options, more)
  const kept = range(x.shape.length).filter((axis) => !over.includes(axis))
  const keptShape = reducedShape(x.shape, over, false)
  const factors = o.reshape(o.transpose(x, [...over, ...kept]), [sizeAlong(x.shape, over), ...keptShape])
  return o.reshape(productOfRows(factors), keepDims ? reducedShape(x.shape, over, true) : keptShape)
}

/** Multiplies along axis 0 by halves: one half times the other, an odd row left over. */
const productOfRows = (x: Tensor): Tensor => {
  const [count = 0, ...shape] = x.shape
  if (count === 0) return o.full(shape, 1, x.dtype)
  if (count === 1) return o.reshape(x, shape)
  const rows = (from: number, to: number): Tensor =>
    o.slice(
      x,
      x.shape.map((_, axis) => (axis === 0 ? from : 0)),
      [to, ...shape]
    )
  const half = Math.floor(count / 2)
  const product = productOfRows(o.mul(rows(0, half), rows(half, 2 * half)))
  return count % 2 === 0 ? product : o.mul(product, o.reshape(rows(count - 1, count), shape))
}

/**
 * Sums, at each place along `axis`, the elements up to and including it.
 *
 * @example
 * import { cumsum, tensor } from 'saddlepoint'
 * cumsum(tensor([1, 2, 3])).data // => [1, 3, 6]
 */
export const cumsum = (x: Tensor, options?: AxisOptions, ...more: None): Tensor =>
  o.cumulativeSum(x, axisOption('cumsum', x, options, -1, more))

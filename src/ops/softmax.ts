import { o } from '../primitives/vocabulary.ts'
import type { None } from '../tensor/arguments.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { add, div, sub } from './arithmetic.ts'
import type { AxisOptions } from './axes.ts'
import { axisOption, reducedShape } from './axes.ts'
import { floating } from './operands.ts'
import type { ReductionOptions } from './reduce.ts'
import { maxOver, reductionOf, sumOver } from './reduce.ts'

/**
 * Computes the logarithm of the sum of e^x over `axes`, without overflow.
 *
 * @example
 * import { logsumexp, tensor } from 'saddlepoint'
 * logsumexp(tensor([1000, 1000])).data // => [1000.6931]
 */
export const logsumexp = (x: Tensor, options?: ReductionOptions, ...more: None): Tensor => {
  const { over, keepDims } = reductionOf('logsumexp', x, options, more)
  const top = finiteMaximum('logsumexp', floating('logsumexp', x), over)
  const scaled = sumOver(o.exp(sub(x, top)), { over, keepDims: true })
  const result = add(o.log(scaled), top)
  return keepDims ? result : o.reshape(result, reducedShape(x.shape, over, false))
}

/**
 * Computes the maximum over `axes`, which stay as extents of 1, as a constant for derivatives; 0 where it is infinite,
 * since ∞ - ∞ is NaN.
 */
const finiteMaximum = (op: string, x: Tensor, over: readonly number[]): Tensor => {
  const top = o.stopGradient(maxOver(op, x, { over, keepDims: true }))
  // In any precision what equals its half is infinite or 0; devices have no literal for infinity.
  return o.select(o.compare(o.mul(top, 0.5), top, 'eq'), 0, top)
}

/**
 * Computes e^x divided by its sum along `axis`, without overflow.
 *
 * @example
 * import { softmax, tensor } from 'saddlepoint'
 * softmax(tensor([1000, 1000, -1000])).data // => [0.5, 0.5, 0]
 */
export const softmax = (x: Tensor, options?: AxisOptions, ...more: None): Tensor => {
  const over = [axisOption('softmax', x, options, -1, more)]
  const powers = o.exp(sub(floating('softmax', x), finiteMaximum('softmax', x, over)))
  return div(powers, sumOver(powers, { over, keepDims: true }))
}

/**
 * Computes the logarithm of `softmax`, without overflow and with all its digits.
 *
 * @example
 * import { logSoftmax, tensor } from 'saddlepoint'
 * logSoftmax(tensor([1000, 1000, -1000])).data // => [-0.6931472, -0.6931472, -2000.6931]
 */
export const logSoftmax = (x: Tensor, options?: AxisOptions, ...more: None): Tensor => {
  const over = [axisOption('logSoftmax', x, options, -1, more)]
  const lowered = sub(floating('logSoftmax', x), finiteMaximum('logSoftmax', x, over))
  return sub(lowered, o.log(sumOver(o.exp(lowered), { over, keepDims: true })))
}

import { o } from '../primitives/vocabulary.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { add, div, sub } from './arithmetic.ts'
import { axesIn, axisIn, reducedShape } from './axes.ts'
import { floating } from './operands.ts'
import type { ReductionOptions } from './reduction.ts'
import { reduceMax, sum } from './reduction.ts'

/**
 * Computes the logarithm of the sum of e^x over `axes`, without overflow.
 *
 * @example
 * import { logsumexp, tensor } from 'saddlepoint'
 * logsumexp(tensor([1000, 1000])).data // => [1000.6931]
 */
export const logsumexp = (x: Tensor, { axes, keepDims = false }: ReductionOptions = {}): Tensor => {
  const over = axesIn('logsumexp', x, axes)
  const top = finiteMaximum(floating('logsumexp', x), over)
  const scaled = sum(o.exp(sub(x, top)), { axes: over, keepDims: true })
  const result = add(o.log(scaled), top)
  return keepDims ? result : o.reshape(result, reducedShape(x.shape, over, false))
}

/**
 * Computes the maximum over `axes`, which stay as extents of 1, as a constant for derivatives; 0 where it is infinite,
 * since ∞ - ∞ is NaN.
 */
const finiteMaximum = (x: Tensor, axes: readonly number[]): Tensor => {
  const top = o.stopGradient(reduceMax(x, { axes, keepDims: true }))
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
export const softmax = (x: Tensor, axis = -1): Tensor => {
  const axes = [axisIn('softmax', x, axis)]
  const powers = o.exp(sub(floating('softmax', x), finiteMaximum(x, axes)))
  return div(powers, sum(powers, { axes, keepDims: true }))
}

/**
 * Computes the logarithm of `softmax`, without overflow and with all its digits.
 *
 * @example
 * import { logSoftmax, tensor } from 'saddlepoint'
 * logSoftmax(tensor([1000, 1000, -1000])).data // => [-0.6931472, -0.6931472, -2000.6931]
 */
export const logSoftmax = (x: Tensor, axis = -1): Tensor => {
  const axes = [axisIn('logSoftmax', x, axis)]
  const lowered = sub(floating('logSoftmax', x), finiteMaximum(x, axes))
  return sub(lowered, o.log(sum(o.exp(lowered), { axes, keepDims: true })))
}

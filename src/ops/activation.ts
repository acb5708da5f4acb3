import { o } from '../primitives/vocabulary.ts'
import { requireArgument } from '../tensor/arguments.ts'
import { finite } from '../tensor/options.ts'
import type { None } from '../tensor/arguments.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Operand } from './operands.ts'
import { floating } from './operands.ts'

/** Values and derivatives at kinks are PyTorch's. A NaN passes through every one of these. */

/**
 * Computes the logistic function 1 / (1 + e^-x), elementwise, without overflow and with exact tails.
 *
 * @example
 * import { sigmoid, tensor } from 'saddlepoint'
 * sigmoid(tensor([0, 2, -1000])).data // => [0.5, 0.8807971, 0]
 */
export const sigmoid = (x: Operand, ...more: None): Tensor => o.logistic(floating('sigmoid', x, more))

/**
 * Computes log σ(x) = -softplus(-x), elementwise, with σ the sigmoid.
 *
 * @example
 * import { logsigmoid, tensor } from 'saddlepoint'
 * logsigmoid(tensor([0, -100])).data // => [-0.6931472, -100]
 */
export const logsigmoid = (x: Operand, ...more: None): Tensor =>
  o.neg(o.softplus(o.neg(floating('logsigmoid', x, more))))

/**
 * Computes log(1 + e^x), elementwise, without overflow. Its derivative is the sigmoid.
 *
 * @example
 * import { softplus, tensor } from 'saddlepoint'
 * softplus(tensor([0, 100])).data // => [0.6931472, 100]
 */
export const softplus = (x: Operand, ...more: None): Tensor => o.softplus(floating('softplus', x, more))

/**
 * Computes max(x, 0), elementwise. Its derivative at 0 is 0.
 *
 * @example
 * import { relu, tensor } from 'saddlepoint'
 * relu(tensor([-1, 0, 2])).data // => [0, 0, 2]
 */
export const relu = (x: Operand, ...more: None): Tensor => {
  const value = floating('relu', x, more)
  return o.select(o.compare(value, 0, 'le'), 0, value)
}

/**
 * Computes x where x is positive and slope · x elsewhere; at 0 the derivative is `slope`, whose default 0.2 is that of
 * DCGAN's discriminator (Radford, Metz and Chintala 2016).
 *
 * @example
 * import { leakyRelu, tensor } from 'saddlepoint'
 * leakyRelu(tensor([-1, 2])).data // => [-0.2, 2]
 * leakyRelu(tensor([-1, 2]), 0.01).data // => [-0.01, 2]
 */
export const leakyRelu = (x: Operand, slope = 0.2, ...more: None): Tensor => {
  const value = floating('leakyRelu', x, more)
  requireArgument('leakyRelu', 'slope', slope, finite)
  return o.select(o.compare(value, 0, 'gt'), value, o.mul(value, slope))
}

/**
 * Computes x where x is positive and alpha (e^x - 1) elsewhere (Clevert, Unterthiner and Hochreiter 2016). At 0 the
 * first derivative is alpha, and the second 0.
 *
 * @example
 * import { elu, tensor } from 'saddlepoint'
 * elu(tensor([-1, 2])).data // => [-0.6321206, 2]
 */
export const elu = (x: Operand, alpha = 1, ...more: None): Tensor => {
  const value = floating('elu', x, more)
  requireArgument('elu', 'alpha', alpha, finite)
  const negative = o.compare(value, 0, 'lt')
  // e^x may overflow where it is not taken, and would then poison the derivative.
  const below = o.select(negative, o.expm1(o.select(negative, value, 0)), value)
  return o.select(o.compare(value, 0, 'gt'), value, o.mul(below, alpha))
}

/**
 * Computes x Φ(x), elementwise, with Φ the distribution function of the standard normal: the exact form, by erf
 * (Hendrycks and Gimpel 2016).
 *
 * @example
 * import { gelu, tensor } from 'saddlepoint'
 * gelu(tensor([-1, 0, 1])).data // => [-0.1586553, 0, 0.8413447]
 */
export const gelu = (x: Operand, ...more: None): Tensor => {
  const value = floating('gelu', x, more)
  return o.mul(o.mul(value, 0.5), o.add(o.erf(o.mul(value, Math.SQRT1_2)), 1))
}

/**
 * Computes x σ(x), also called swish, elementwise, with σ the sigmoid.
 *
 * @example
 * import { silu, tensor } from 'saddlepoint'
 * silu(tensor([-1, 0, 1])).data // => [-0.2689414, 0, 0.7310586]
 */
export const silu = (x: Operand, ...more: None): Tensor => {
  const value = floating('silu', x, more)
  return o.mul(value, o.logistic(value))
}

import { o } from '../primitives/vocabulary.ts'
import type { None } from '../tensor/arguments.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Operand } from './operands.ts'
import { floating } from './operands.ts'

/**
 * Computes e^x, elementwise, float32.
 *
 * @example
 * import { exp, tensor } from 'saddlepoint'
 * exp(tensor([0, 1])).data // => [1, 2.71828]
 */
export const exp = (x: Operand, ...more: None): Tensor => o.exp(floating('exp', x, more))

/**
 * Computes e^x - 1, elementwise, exact near 0.
 *
 * @example
 * import { expm1, tensor } from 'saddlepoint'
 * expm1(tensor([0, 1])).data // => [0, 1.71828]
 */
export const expm1 = (x: Operand, ...more: None): Tensor => o.expm1(floating('expm1', x, more))

/**
 * Computes the natural logarithm, elementwise: -Infinity at 0, NaN below.
 *
 * @example
 * import { log, tensor } from 'saddlepoint'
 * log(tensor([1, 10])).data // => [0, 2.302585]
 */
export const log = (x: Operand, ...more: None): Tensor => o.log(floating('log', x, more))

/**
 * Computes log(1 + x), elementwise, exact near 0.
 *
 * @example
 * import { log1p, tensor } from 'saddlepoint'
 * log1p(tensor([0, 1])).data // => [0, 0.6931472]
 */
export const log1p = (x: Operand, ...more: None): Tensor => o.log1p(floating('log1p', x, more))

/**
 * Computes the square root, elementwise; its derivative at 0 is infinite (`norm` is safe there).
 *
 * @example
 * import { sqrt, tensor } from 'saddlepoint'
 * sqrt(tensor([4, 2])).data // => [2, 1.4142136]
 */
export const sqrt = (x: Operand, ...more: None): Tensor => o.sqrt(floating('sqrt', x, more))

/**
 * Computes 1 / √x, elementwise.
 *
 * @example
 * import { rsqrt, tensor } from 'saddlepoint'
 * rsqrt(tensor([4, 0.25])).data // => [0.5, 2]
 */
export const rsqrt = (x: Operand, ...more: None): Tensor => o.div(1, o.sqrt(floating('rsqrt', x, more)))

/**
 * Computes the sine of x in radians, elementwise.
 *
 * @example
 * import { sin, tensor } from 'saddlepoint'
 * sin(tensor([0, 1])).data // => [0, 0.841471]
 */
export const sin = (x: Operand, ...more: None): Tensor => o.sin(floating('sin', x, more))

/**
 * Computes the cosine of x in radians, elementwise.
 *
 * @example
 * import { cos, tensor } from 'saddlepoint'
 * cos(tensor([0, 1])).data // => [1, 0.5403023]
 */
export const cos = (x: Operand, ...more: None): Tensor => o.cos(floating('cos', x, more))

/**
 * Computes the hyperbolic tangent, elementwise.
 *
 * @example
 * import { tanh, tensor } from 'saddlepoint'
 * tanh(tensor([0, 1, 1000])).data // => [0, 0.7615942, 1]
 */
export const tanh = (x: Operand, ...more: None): Tensor => o.tanh(floating('tanh', x, more))

/**
 * Computes the error function, elementwise: 2 / √π times the integral of exp(-t²) from 0 to x.
 *
 * @example
 * import { erf, tensor } from 'saddlepoint'
 * erf(tensor([0, 1])).data // => [0, 0.8427008]
 */
export const erf = (x: Operand, ...more: None): Tensor => o.erf(floating('erf', x, more))

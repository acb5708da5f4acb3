import type { Tensor } from '../tensor/tensor.ts'
import { grad } from './grad.ts'
import { jvp } from './jvp.ts'

/**
 * Computes the Hessian-vector product of a scalar function, forward over reverse, without the Hessian: `hvp(f)(x, v)`
 * is shaped like x.
 *
 * @see Pearlmutter, Fast exact multiplication by the Hessian (1994)
 *
 * @example
 * import { hvp, sum, mul, tensor } from 'saddlepoint'
 * hvp((x) => sum(mul(x, mul(x, x))))(tensor([1, 2]), tensor([1, 10])).data // => [6, 120]
 */
export const hvp =
  <X = Tensor>(f: (x: X) => Tensor): ((x: X, v: X) => X) =>
  (x, v) =>
    jvp((point: X): X => grad(f)(point), [x], [v])[1]

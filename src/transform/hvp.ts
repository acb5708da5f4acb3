import { o } from '../primitives/vocabulary.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isTensor, showAval } from '../tensor/tensor.ts'
import { requireGiven } from './given.ts'
import { pushed } from './jvp.ts'
import { pulled } from './vjp.ts'

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
export function hvp<X = Tensor>(f: (x: X) => Tensor): (x: X, v: X) => X
export function hvp<X>(f: (x: X) => Tensor, ...more: None): (x: X, v: X) => X {
  requireGiven('hvp', f, more)
  return (x, v, ...rest: None) => {
    refuseMore('hvp', rest)
    return pushed('hvp', (point: X): X => gradientAt(f, point), [x], [v])[1] as X
  }
}

/** Computes the gradient at a point whose integers, which do not move, have zeros for theirs. */
const gradientAt = <X>(f: (x: X) => Tensor, x: X): X => {
  const { y, pullback } = pulled('hvp', f, [x], false)
  if (!isTensor(y) || y.shape.length !== 0 || y.dtype !== 'float32')
    fail('ShapeMisfit', {
      op: 'hvp',
      expected: 'a function whose result is one float32 scalar, shape []',
      actual: isTensor(y) ? showAval(y) : 'a tree',
      hint: 'Reduce it with sum or mean'
    })
  return (pullback(o.full([], 1)) as readonly [X])[0]
}

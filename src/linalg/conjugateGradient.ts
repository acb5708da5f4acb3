import { inverseOrZero } from '../primitives/rules/matrices.ts'
import { o } from '../primitives/vocabulary.ts'
import type { None } from '../tensor/arguments.ts'
import { count, requireOptions } from '../tensor/options.ts'
import type { Matvec } from './vectors.ts'
import { flat, inner, scaled } from './vectors.ts'

export interface ConjugateGradientOptions {
  /** How many steps, each one application of the map. */
  readonly steps: number
}

/**
 * Solves A x = b by so many steps of the conjugate gradient method, from x = 0, for a symmetric positive definite A that is
 * given as a function v -> A v: nothing is formed. Vectors are trees of tensors, such as parameters. After as many steps as
 * there are numbers in b, x is exact but for rounding; the error falls by about (√κ - 1) / (√κ + 1) a step, κ being the
 * condition number. A residual of exactly 0 stops the rest from moving.
 *
 * It is differentiated step by step: the result is the derivative of the approximate solution, with respect to b and to
 * whatever the map closes over. In a trace each step is one more copy of the map.
 *
 * @see Hestenes and Stiefel, Methods of conjugate gradients for solving linear systems (1952)
 *
 * @example
 * import { conjugateGradient, matmul, tensor } from 'saddlepoint'
 * const a = tensor([[2, 1], [1, 3]])
 * conjugateGradient((v) => matmul(a, v), tensor([5, 10]), { steps: 2 }).data // => [1, 3]
 */
export const conjugateGradient = <V>(matvec: Matvec<V>, b: V, options: ConjugateGradientOptions, ...more: None): V => {
  const { steps } = requireOptions('conjugateGradient', options, { steps: count })
  const { start, apply, restore } = flat('conjugateGradient', matvec, b, more)
  let [x, residual, direction] = [o.mul(start, 0), start, start]
  let square = inner(residual, residual)
  for (let step = 0; step < steps; step++) {
    const image = apply(direction)
    const length = o.mul(square, inverseOrZero(o, inner(direction, image)))
    x = o.add(x, scaled(length, direction))
    if (step === steps - 1) break
    residual = o.sub(residual, scaled(length, image))
    const next = inner(residual, residual)
    direction = o.add(residual, scaled(o.mul(next, inverseOrZero(o, square)), direction))
    square = next
  }
  return restore(x)
}

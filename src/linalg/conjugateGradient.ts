import { quotientOrZero } from '../primitives/rules/matrices.ts'
import { o } from '../primitives/vocabulary.ts'
import type { None } from '../tensor/arguments.ts'
import { count, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { repeat } from '../transform/scan/repeat.ts'
import type { Matvec } from './vectors.ts'
import { flat, inner, scaled } from './vectors.ts'

/** Where the method stands: the solution so far, what is left of b, where to go next, and the squared length of what is left. */
interface Solving {
  readonly x: Tensor
  readonly residual: Tensor
  readonly direction: Tensor
  readonly square: Tensor
}

/** A residual that is no longer than this, b being 1, is rounding even in double precision. */
const rounding = 1e-15

export interface ConjugateGradientOptions {
  /** How many steps, each one application of the map. */
  readonly steps: number
}

/**
 * Solves A x = b by so many steps of the conjugate gradient method, from x = 0, for a symmetric positive definite A that is
 * given as a function v -> A v: nothing is formed. Vectors are trees of tensors, such as parameters. After as many steps as
 * there are numbers in b, x is exact but for rounding; the error falls by about (√κ - 1) / (√κ + 1) a step, κ being the
 * condition number. A residual of at most 1e-15 of b, which is rounding, stops the rest from moving.
 *
 * It is differentiated step by step: the result is the derivative of the approximate solution, with respect to b and to
 * whatever the map closes over. In a trace the steps are one loop (`repeat`).
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
  const least = o.mul(inner(start, start), rounding ** 2)
  const unlessSettled = (square: Tensor): Tensor => o.select(o.compare(square, least, 'gt'), square, 0)
  const step = ({ x, residual, direction, square }: Solving): Solving => {
    const image = apply(direction)
    const length = quotientOrZero(o, square, inner(direction, image))
    const left = o.sub(residual, scaled(length, image))
    const next = unlessSettled(inner(left, left))
    const turned = o.add(left, scaled(quotientOrZero(o, next, square), direction))
    return { x: o.add(x, scaled(length, direction)), residual: left, direction: turned, square: next }
  }
  const first = { x: o.mul(start, 0), residual: start, direction: start, square: unlessSettled(inner(start, start)) }
  return restore(repeat(steps, step, first).x)
}

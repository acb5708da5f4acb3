import { o } from '../primitives/vocabulary.ts'
import type { None } from '../tensor/arguments.ts'
import type { Rule } from '../tensor/options.ts'
import { optional } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { square } from './arithmetic.ts'
import { floating } from './operands.ts'
import type { ReductionOptions } from './reduce.ts'
import { maxOver, reductionOf, reductionRules, sumOver } from './reduce.ts'

/** Adds `ord`, the p of the p-norm: 2 by default, any positive number, or Infinity. */
export interface NormOptions extends ReductionOptions {
  readonly ord?: number
}

/**
 * Computes the p-norm of the vectors that lie along `axes`: (Σ |x|^p)^(1/p), the largest |x| for p = Infinity. At a
 * zero vector the value is 0, the first derivative is 0 (as in PyTorch) and the second is finite (as it is not there),
 * so a gradient penalty has a gradient everywhere.
 *
 * @throws InvalidArgument where ord is not positive
 *
 * @example
 * import { norm, grad, tensor } from 'saddlepoint'
 * norm(tensor([[3, 4], [0, 0]]), { axes: [1] }).data // => [5, 0]
 * norm(tensor([3, -4]), { ord: 1 }).data // => [7]
 * grad((x) => norm(x))(tensor([0, 0])).data // => [0, 0]
 */
export const norm = (x: Tensor, options?: NormOptions, ...more: None): Tensor => {
  const reduction = reductionOf('norm', x, options, more, normRules)
  const { ord = 2 } = reduction.options
  floating('norm', x)
  if (ord === 2) return whereNonzero(sumOver(square(x), reduction), o.sqrt)
  const magnitude = o.abs(x)
  if (ord === 1) return sumOver(magnitude, reduction)
  if (ord === Infinity) return maxOver('norm', magnitude, reduction)
  const powers = whereNonzero(magnitude, (m) => o.pow(m, ord))
  return whereNonzero(sumOver(powers, reduction), (s) => o.pow(s, 1 / ord))
}

const anOrder: Rule = { expected: 'a positive number, or Infinity', accepts: (x) => typeof x === 'number' && x > 0 }
const normRules = { ...reductionRules, ord: optional(anOrder) }

/** Computes f(x) where x is not 0, else 0. f never sees 0, since its infinite derivative there times 0 would be NaN. */
const whereNonzero = (x: Tensor, f: (x: Tensor) => Tensor): Tensor => {
  const vanishes = o.compare(x, 0, 'eq')
  return o.select(vanishes, 0, f(o.select(vanishes, 1, x)))
}

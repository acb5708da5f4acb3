import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { square } from './arithmetic.ts'
import { axesIn } from './axes.ts'
import { floating } from './operands.ts'
import type { ReductionOptions } from './reduction.ts'
import { reduceMax, sum } from './reduction.ts'

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
export const norm = (x: Tensor, { axes, keepDims = false, ord = 2 }: NormOptions = {}): Tensor => {
  const over = { axes: axesIn('norm', x, axes), keepDims }
  const magnitude = (): Tensor => o.abs(floating('norm', x))
  if (ord === 2) return whereNonzero(sum(square(floating('norm', x)), over), o.sqrt)
  if (ord === 1) return sum(magnitude(), over)
  if (ord === Infinity) return reduceMax(magnitude(), over)
  if (!(ord > 0)) fail('InvalidArgument', { op: 'norm', expected: 'a positive ord', actual: String(ord) })
  const powers = whereNonzero(magnitude(), (m) => o.pow(m, ord))
  return whereNonzero(sum(powers, over), (s) => o.pow(s, 1 / ord))
}

/** Computes f(x) where x is not 0, else 0. f never sees 0, since its infinite derivative there times 0 would be NaN. */
const whereNonzero = (x: Tensor, f: (x: Tensor) => Tensor): Tensor => {
  const vanishes = o.compare(x, 0, 'eq')
  return o.select(vanishes, 0, f(o.select(vanishes, 1, x)))
}

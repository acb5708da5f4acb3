import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import type { None } from '../tensor/arguments.ts'
import { count, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { eigh } from './decompositions.ts'
import { repeat } from '../transform/scan/repeat.ts'
import { scan } from '../transform/scan/scan.ts'
import type { Matvec } from './vectors.ts'
import { unit, wellOutside } from './orthogonal.ts'
import { flat, inner } from './vectors.ts'

/** Holds orthonormal vectors as rows, those to come being 0, and the next one, orthogonal to them, of any length. */
interface Spanned {
  readonly basis: Tensor
  readonly next: Tensor
}

export interface KrylovOptions {
  /** How many steps, each one application of the map. */
  readonly steps: number
}

/**
 * Approximates the eigenvalue of largest absolute value, and its eigenvector of length 1, of a symmetric A that is given as
 * a function v -> A v, by so many steps of the power iteration from `start`: v <- A v / |A v|. For the largest singular
 * value of a Jacobian J, iterate v -> J' (J v) and take the root. The error of the eigenvalue falls by the square of the
 * quotient of the second and the first a step.
 *
 * The vector is detached (no derivative flows through the iteration), and the value is v' A v: its derivative v' dA v is
 * that of the eigenvalue once v has converged (as spectral normalization has it). In a trace the steps are one loop.
 *
 * @see Miyato, Kataoka, Koyama and Yoshida, Spectral normalization for generative adversarial networks (2018)
 *
 * @example
 * import { matmul, powerIteration, tensor } from 'saddlepoint'
 * const a = tensor([[2, 1], [1, 2]])
 * const [value, vector] = powerIteration((v) => matmul(a, v), tensor([1, 0]), { steps: 30 })
 * value.data // => [3]
 * vector.data // => [0.7071067690849304, 0.7071067690849304]
 */
export const powerIteration = <V>(
  matvec: Matvec<V>,
  start: V,
  options: KrylovOptions,
  ...more: None
): [value: Tensor, vector: V] => {
  const { steps } = requireOptions('powerIteration', options, { steps: count })
  const { start: first, apply, restore } = flat('powerIteration', matvec, start, more)
  const v = repeat(steps, (x: Tensor) => unit(o.stopGradient(apply(x))), unit(o.stopGradient(first)))
  return [inner(v, apply(v)), restore(v)]
}

/**
 * Approximates eigenvalues of a symmetric A that is given as a function v -> A v, ascending, by so many steps of the Lanczos
 * method from `start`: [steps] Ritz values, of which the outermost converge first, much faster than by power iteration. The
 * vectors are made orthogonal to all before, twice, and kept: steps times the size of a vector. In a trace the steps are one
 * loop. For the singular values of a Jacobian J, iterate v -> J' (J v) and take roots; the small ones lose half of their
 * digits so.
 *
 * The vectors are detached; a Ritz value's derivative is y' dA y for its vector y. Where `start` lies in a smaller space that
 * A maps to itself, what is left of the steps adds zeros.
 *
 * @throws InvalidArgument where there are more steps than numbers in a vector
 *
 * @see Parlett, The symmetric eigenvalue problem (1980)
 *
 * @example
 * import { lanczos, mul, tensor } from 'saddlepoint'
 * const diagonal = tensor([1, 2, 5])
 * lanczos((v) => mul(diagonal, v), tensor([1, 1, 1]), { steps: 3 }).data // => [1, 2, 5]
 */
export const lanczos = <V>(matvec: Matvec<V>, start: V, options: KrylovOptions, ...more: None): Tensor => {
  const { steps } = requireOptions('lanczos', options, { steps: count })
  const { size, start: first, apply } = flat('lanczos', matvec, start, more)
  if (steps > size)
    fail('InvalidArgument', {
      op: 'lanczos',
      expected: `at most ${String(size)} steps, as many as a vector has numbers`,
      actual: String(steps)
    })
  const step = ({ basis, next }: Spanned, row: Tensor): [Spanned, Tensor] => {
    const v = unit(next)
    const isOwn = o.compare(o.iota(basis.shape, 0), o.broadcastInDim(row, basis.shape, []), 'eq')
    const wider = o.select(isOwn, o.broadcastInDim(v, basis.shape, [1]), basis)
    const image = apply(v)
    return [{ basis: wider, next: wellOutside(wider, o.stopGradient(image)) }, image]
  }
  const none = { basis: o.full([steps, size], 0), next: o.stopGradient(first) }
  const [{ basis }, images] = scan(step, none, o.iota([steps], 0))
  const projected = o.dotGeneral(basis, images, { contract: [[1], [1]], batch: [[], []] })
  return eigh(o.mul(o.add(projected, o.transpose(projected, [1, 0])), 0.5))[0]
}

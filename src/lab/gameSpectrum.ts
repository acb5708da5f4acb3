import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireFunction } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { requireOptions } from '../tensor/options.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { treeLeaves } from '../tensor/tree.ts'
import { evaluate } from '../transform/evaluate.ts'
import type { Leaves } from '../transform/staged.ts'
import { refuseWithoutNumbers, tensorsLike, tensorsOf } from '../transform/staged.ts'
import { jacrev } from '../transform/jacobian.ts'
import { linearize } from '../transform/linearize.ts'
import type { LinearMap } from './arnoldi.ts'
import type { LeadingOptions } from './leadingSpectrum.ts'
import { leadingRules, leadingSpectrum } from './leadingSpectrum.ts'
import type { Eigenvalue, Matrices, RitzValue } from './ritz.ts'
import { byParts } from './ritz.ts'

const op = 'Lab.gameSpectrum'

const requireFinite = (values: Float64Array | readonly number[]): void => {
  const off = values.find((value) => !Number.isFinite(value))
  if (off !== undefined)
    fail('InvalidArgument', {
      op,
      expected: 'a field whose derivatives are finite numbers at the parameters',
      actual: String(off),
      hint: 'Evaluate the field there: what is not finite has no eigenvalues'
    })
}

/** Computes the Jacobian of a function of a tree to a tree like it as rows of doubles, leaf after leaf. */
const denseJacobian = <P>(f: (params: P) => P, params: P, { leaves }: Leaves): number[][] => {
  const blocks = treeLeaves(evaluate(jacrev(f), { precision: 'float64' })(params))
  const sizes = leaves.map(({ shape }) => sizeOf(shape))
  // One block for each leaf of the result and, within it, each leaf of the parameters.
  return sizes.flatMap((rows, i) =>
    Array.from({ length: rows }, (_, row) =>
      sizes.flatMap((columns, j) => {
        const { data } = blocks[i * sizes.length + j] as Tensor
        return Array.from(data.subarray(row * columns, (row + 1) * columns))
      })
    )
  )
}

const denseSpectrum = (matrices: Matrices, jacobian: number[][]): readonly Eigenvalue[] => {
  jacobian.forEach(requireFinite)
  const { realEigenvalues, imaginaryEigenvalues } = new matrices.EigenvalueDecomposition(new matrices.Matrix(jacobian))
  return realEigenvalues.map((real, i): Eigenvalue => ({ real, imaginary: imaginaryEigenvalues[i]! })).sort(byParts)
}

/** Lays tensors one behind the other, as doubles. */
const joined = (tensors: readonly Tensor[]): Float64Array => {
  const all = new Float64Array(tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0))
  let next = 0
  for (const { shape, data } of tensors) {
    all.set(data, next)
    next += sizeOf(shape)
  }
  return all
}

/** Makes v -> J v on flat vectors. The field is evaluated once. */
const jacobianMap = <P>(field: (params: P) => P, { leaves, rebuild }: Leaves): LinearMap => {
  const tree = (v: Float64Array): P => {
    let next = 0
    return rebuild(
      leaves.map(({ shape, dtype }): Tensor => {
        const start = next
        next += sizeOf(shape)
        return { shape, dtype, data: v.slice(start, next) }
      })
    ) as P
  }
  const [, push] = linearize(field, tree(joined(leaves)))
  return (v) => {
    const image = joined(treeLeaves(push(tree(v))))
    requireFinite(image)
    return image
  }
}

/**
 * Computes the eigenvalues of the Jacobian J = dv/dw of a game's field v at the parameters w, n numbers, in float64. Near an
 * equilibrium, gradient descent of a small rate is stable where all real parts are positive; imaginary ones turn it.
 *
 * Without options all of them, sorted by real, then by imaginary part. For small games: J is formed by n pullbacks, takes n²
 * numbers, and its eigenvalues some 25 n³ operations.
 *
 * With `leading` the first so many, with their residuals, by Arnoldi's method on v -> J v: J is not formed, so games of 10^5
 * parameters are fine. A step takes a Jacobian-vector product and 4 n operations for each step before it. Those at the rim
 * of the spectrum come first; the residuals tell how far the others have come. Of equal eigenvalues one may be found alone.
 *
 * @see Mescheder, Nowozin, Geiger, The numerics of GANs (2017), section 3
 * @see Saad, Numerical methods for large eigenvalue problems (2011), section 6.2
 *
 * @example
 * import { Lab, mul, neg, tensor } from 'saddlepoint'
 * // The bilinear game x y: its field only turns.
 * const spectrum = await Lab.gameSpectrum(([x, y]) => [y, neg(x)], [tensor([1]), tensor([2])])
 * spectrum // => [{ real: 0, imaginary: -1 }, { real: 0, imaginary: 1 }]
 * const [first] = await Lab.gameSpectrum((w) => mul(w, tensor([1, 2, 7])), tensor([0, 0, 0]), { leading: 1 })
 * first.real // => 7
 */
export function gameSpectrum<P>(field: (params: P) => P, params: P): Promise<readonly Eigenvalue[]>
export function gameSpectrum<P>(
  field: (params: P) => P,
  params: P,
  options: LeadingOptions
): Promise<readonly RitzValue[]>
export async function gameSpectrum<P>(
  field: (params: P) => P,
  params: P,
  options?: LeadingOptions,
  ...more: None
): Promise<readonly Eigenvalue[]> {
  refuseMore(op, more)
  requireFunction(op, field, 'a function of parameters, as Gan.field(spec) is')
  const wanted = options === undefined ? undefined : requireOptions(op, options, leadingRules)
  const form = tensorsOf(params, op)
  refuseWithoutNumbers(op, form.leaves)
  const checked = (w: P): P => {
    const v = field(w)
    tensorsLike(form, v, ['a field', 'its parameters'], op)
    return v
  }
  const size = form.leaves.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  if (size === 0) return []
  const matrices = await import('ml-matrix')
  return wanted === undefined
    ? denseSpectrum(matrices, denseJacobian(checked, params, form))
    : leadingSpectrum(matrices, jacobianMap(checked, form), size, wanted)
}

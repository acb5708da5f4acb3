import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireFunction } from '../tensor/arguments.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { treeLeaves } from '../tensor/tree.ts'
import { evaluate } from '../transform/evaluate.ts'
import type { Leaves } from '../transform/staged.ts'
import { tensorsLike, tensorsOf } from '../transform/staged.ts'
import { jacrev } from '../transform/jacobian.ts'

/** Holds one eigenvalue, a complex number. */
export interface Eigenvalue {
  readonly real: number
  readonly imaginary: number
}

const op = 'Lab.gameSpectrum'

/** Real parts that differ by less than this count as equal. */
const resolution = 1e-9

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

/**
 * Computes the eigenvalues of the Jacobian J = dv/dw of a game's field v at the parameters w, in float64, sorted by real,
 * then by imaginary part. Near an equilibrium, gradient descent of a small rate is stable where all real parts are
 * positive; imaginary ones turn it. For small games: J is formed by as many pullbacks as there are parameters, n, and
 * takes n² numbers and n³ operations.
 *
 * @see Mescheder, Nowozin, Geiger, The numerics of GANs (2017), section 3
 *
 * @example
 * import { Lab, neg, tensor } from 'saddlepoint'
 * // The bilinear game x y: its field only turns.
 * const spectrum = await Lab.gameSpectrum(([x, y]) => [y, neg(x)], [tensor([1]), tensor([2])])
 * spectrum // => [{ real: 0, imaginary: -1 }, { real: 0, imaginary: 1 }]
 */
export const gameSpectrum = async <P>(
  field: (params: P) => P,
  params: P,
  ...more: None
): Promise<readonly Eigenvalue[]> => {
  refuseMore(op, more)
  requireFunction(op, field, 'a function of parameters, as Gan.field(spec) is')
  const form = tensorsOf(params, op)
  const jacobian = denseJacobian(
    (w: P): P => {
      const v = field(w)
      tensorsLike(form, v, ['a field', 'its parameters'], op)
      return v
    },
    params,
    form
  )
  if (jacobian.length === 0) return []
  const { EigenvalueDecomposition, Matrix } = await import('ml-matrix')
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(new Matrix(jacobian))
  return realEigenvalues
    .map((real, i): Eigenvalue => ({ real, imaginary: imaginaryEigenvalues[i] ?? 0 }))
    .sort((a, b) => (Math.abs(a.real - b.real) < resolution ? a.imaginary - b.imaginary : a.real - b.real))
}

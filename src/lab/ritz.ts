import type { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import type { Projection } from './arnoldi.ts'

/** Holds one eigenvalue, a complex number. */
export interface Eigenvalue {
  readonly real: number
  readonly imaginary: number
}

/** Holds an approximate eigenvalue λ of a matrix A, and how well it fits. */
export interface RitzValue extends Eigenvalue {
  /** |A x - λ x| for its vector x of length 1: λ is an eigenvalue of a matrix that is no further than this from A. */
  readonly residual: number
}

/** Real parts, or absolute values, that differ by less than this count as equal. */
const resolution = 1e-9

const differ = (a: number, b: number): number => (Math.abs(a - b) < resolution ? 0 : a - b)

/** Orders by real, then by imaginary part. */
export const byParts = (a: Eigenvalue, b: Eigenvalue): number => differ(a.real, b.real) || a.imaginary - b.imaginary

const size = ({ real, imaginary }: Eigenvalue): number => Math.hypot(real, imaginary)

/** Orders of eigenvalues: which come first. Of a complex pair the one of negative imaginary part does. */
export const orders = {
  largest: (a: Eigenvalue, b: Eigenvalue): number => differ(size(b), size(a)),
  leftmost: (a: Eigenvalue, b: Eigenvalue): number => differ(a.real, b.real),
  rightmost: (a: Eigenvalue, b: Eigenvalue): number => differ(b.real, a.real)
} as const

export type Order = keyof typeof orders

/** The module that has eigenvalues of dense matrices, which is loaded where it is needed. */
export interface Matrices {
  readonly EigenvalueDecomposition: typeof EigenvalueDecomposition
  readonly Matrix: typeof Matrix
}

const pairs = (a: Eigenvalue, b: Eigenvalue): number =>
  differ(a.real, b.real) || Math.abs(b.imaginary) - Math.abs(a.imaginary) || a.imaginary - b.imaginary

/** Computes the eigenvalues of a projection, with their residuals, the first by `order` first. */
export const ritzValues = (matrices: Matrices, { matrix, next }: Projection, order: Order): readonly RitzValue[] => {
  const found = new matrices.EigenvalueDecomposition(new matrices.Matrix(matrix.map((row) => [...row])))
  const { realEigenvalues, imaginaryEigenvalues } = found
  const vectors = found.eigenvectorMatrix.to2DArray()
  // A complex pair has two columns, the real and the imaginary part of one vector.
  const columnsOf = (i: number): readonly number[] => {
    const imaginary = imaginaryEigenvalues[i]!
    return imaginary === 0 ? [i] : imaginary > 0 ? [i, i + 1] : [i - 1, i]
  }
  const norm = (rows: readonly (readonly number[])[], columns: readonly number[]): number =>
    Math.hypot(...rows.flatMap((row) => columns.map((column) => row[column]!)))
  return realEigenvalues
    .map((real, i): RitzValue => {
      const columns = columnsOf(i)
      const residual = (next * norm(vectors.slice(-1), columns)) / norm(vectors, columns)
      return { real, imaginary: imaginaryEigenvalues[i]!, residual }
    })
    .sort((a, b) => orders[order](a, b) || pairs(a, b))
}

import type { Vocabulary } from '../../program/vocabulary.ts'
import type { Tangent } from '../../program/tangent.ts'
import { isZero } from '../../program/tangent.ts'
import type { Shape } from '../../tensor/shape.ts'
import { range, sizeOf } from '../../tensor/shape.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import { requireDType, requireShape } from './requirements.ts'

/** Matrices over the last two axes, one for each index of the leading axes: what decompositions and their rules share. */

/** Counts the matrices that a tensor holds, and gives their extents. */
export interface Matrices {
  readonly count: number
  readonly rows: number
  readonly columns: number
}

export const matricesOf = ({ shape }: Aval): Matrices => ({
  count: sizeOf(shape.slice(0, -2)),
  rows: shape.at(-2)!,
  columns: shape.at(-1)!
})

/** Fails unless x holds float32 matrices, square ones or with as many rows as columns at least. */
export const requireMatrices = (op: string, x: Aval, form: 'square' | 'tall'): void => {
  requireDType(op, [x], ['float32'])
  const { rows, columns } = matricesOf(x)
  const fits = x.shape.length >= 2 && (form === 'square' ? rows === columns : rows >= columns)
  requireShape(fits, op, [x], form === 'square' ? 'square matrices [..., n, n]' : 'matrices [..., m, n] with m >= n')
}

const leading = (x: Aval): readonly number[] => range(x.shape.length - 2)

/** Multiplies matrices: a b. */
export const times: {
  (o: Vocabulary, a: Tensor, b: Tensor): Tensor
  (o: Vocabulary, a: Tangent, b: Tangent): Tangent
} = ((o: Vocabulary, a: Tangent, b: Tangent) => {
  const rank = a.shape.length
  return o.dotGeneral(a, b, { contract: [[rank - 1], [rank - 2]], batch: [leading(a), leading(b)] })
}) as typeof times

/** Multiplies the transpose of a by b: a' b. */
export const transposedTimes = (o: Vocabulary, a: Tensor, b: Tensor): Tensor => {
  const rank = a.shape.length
  return o.dotGeneral(a, b, { contract: [[rank - 2], [rank - 2]], batch: [leading(a), leading(b)] })
}

/** Transposes matrices. */
export const transposed = <T extends Tangent>(o: Vocabulary, x: T): T => {
  const rank = x.shape.length
  return o.transpose(x, [...leading(x), rank - 1, rank - 2])
}

/** Halves the sum of matrices and their transposes. */
export const symmetrized = (o: Vocabulary, x: Tensor): Tensor => o.mul(o.add(x, transposed(o, x)), 0.5)

/** Compares the row with the column of each element: `ge` marks the lower triangle, `eq` the diagonal. */
export const marks = (o: Vocabulary, shape: Shape, how: 'eq' | 'ge' | 'gt' | 'le'): Tensor =>
  o.compare(o.iota(shape, shape.length - 2), o.iota(shape, shape.length - 1), how)

/** Keeps the elements that are marked, zeros elsewhere. */
export const kept = <T extends Tangent>(o: Vocabulary, x: T, how: 'eq' | 'ge' | 'gt' | 'le'): T =>
  isZero(x) ? x : (o.select(marks(o, x.shape, how), x, 0) as T)

/** Reads the diagonals of square matrices: [..., n]. */
export const diagonalOf = (o: Vocabulary, x: Tensor): Tensor => o.reduceSum(kept(o, x, 'eq'), [x.shape.length - 1])

/** Repeats vectors [..., n] as the rows of matrices [..., m, n]: element (i, j) is x_j. */
export const asRows = (o: Vocabulary, x: Tensor, rows: number): Tensor => {
  const lead = x.shape.slice(0, -1)
  return o.broadcastInDim(x, [...lead, rows, x.shape.at(-1)!], [...range(lead.length), lead.length + 1])
}

/** Repeats vectors [..., n] as the columns of matrices [..., n, m]: element (i, j) is x_i. */
export const asColumns = (o: Vocabulary, x: Tensor, columns: number): Tensor =>
  o.broadcastInDim(x, [...x.shape, columns], range(x.shape.length))

/** Takes rows from `start` to before `limit` of matrices. */
export const rowsFrom = <T extends Tangent>(o: Vocabulary, x: T, start: number, limit: number): T => {
  const lead = x.shape.slice(0, -2)
  return o.slice(x, [...lead.map(() => 0), start, 0], [...lead, limit, x.shape.at(-1)!])
}

/** Computes a / b, and 0 where b is 0; no derivative is infinite there. */
export const quotientOrZero = (o: Vocabulary, a: Tensor, b: Tensor): Tensor => {
  const vanishes = o.compare(b, 0, 'eq')
  return o.select(vanishes, 0, o.div(a, o.select(vanishes, 1, b)))
}

/** Inverts what is not zero, and gives zero for zero; no derivative is infinite there. */
export const inverseOrZero = (o: Vocabulary, x: Tensor): Tensor => {
  const vanishes = o.compare(x, 0, 'eq')
  return o.select(vanishes, 0, o.div(1, o.select(vanishes, 1, x)))
}

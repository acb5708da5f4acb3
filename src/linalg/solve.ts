import { matmul } from '../ops/matmul.ts'
import { commonShape, spreadTo } from '../ops/operands.ts'
import { diagonalOf, transposed } from '../primitives/rules/matrices.ts'
import { solveTriangular } from '../primitives/triangularSolve.ts'
import { o } from '../primitives/vocabulary.ts'
import { activeGraph } from '../program/graph.ts'
import type { None } from '../tensor/arguments.ts'
import { requireTensor } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { flag, optional, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'
import { customJvp } from '../transform/customJvp.ts'
import { qr } from './decompositions.ts'
import { lastExtent, squareIn } from './operands.ts'

/** Solves for right sides [n], one vector, or [..., n, m]; leading axes of both broadcast. */
const withRightSide = (
  op: string,
  [a, b, more]: readonly [Tensor, Tensor, readonly unknown[]],
  solver: (a: Tensor, b: Tensor) => Tensor
): Tensor => {
  const n = lastExtent(squareIn(op, a, more))
  requireTensor(op, b)
  const isVector = b.shape.length === 1
  if (b.dtype !== 'float32' || b.shape.at(isVector ? -1 : -2) !== n)
    fail('ShapeMisfit', {
      op,
      expected: 'a float32 right side [n] or [..., n, m] of matrices [..., n, n]',
      actual: `${showAval(b)} for ${showAval(a)}`
    })
  const right = isVector ? o.reshape(b, [n, 1]) : b
  const lead = ({ shape }: Tensor): readonly number[] => shape.slice(0, -2)
  const leading = commonShape(op, [
    { shape: lead(a), dtype: 'float32' },
    { shape: lead(right), dtype: 'float32' }
  ])
  const x = solver(spreadTo(a, [...leading, n, n]), spreadTo(right, [...leading, n, lastExtent(right)]))
  return isVector ? o.reshape(x, [...leading, n]) : x
}

/** Names the triangle of A that is read, the lower one by default, and whether A' x = b is to be solved (default false). */
export interface TriangularSolveOptions {
  readonly lower?: boolean
  readonly transposed?: boolean
}

/**
 * Solves A x = b for triangular matrices A [..., n, n] and right sides b, one vector [n] or the columns of [..., n, m];
 * leading axes broadcast. Only one triangle is read. Takes n² operations a column, in double precision on CPUs.
 *
 * @throws InvalidArgument outside of traces where the diagonal has a zero; compiled, x is not finite there
 *
 * @example
 * import { triangularSolve, tensor } from 'saddlepoint'
 * const a = tensor([[2, 0], [1, 4]])
 * triangularSolve(a, tensor([2, 9])).data // => [1, 2]
 * triangularSolve(a, tensor([4, 8]), { transposed: true }).data // => [1, 2]
 */
export const triangularSolve = (a: Tensor, b: Tensor, options?: TriangularSolveOptions, ...more: None): Tensor => {
  const rules = { lower: optional(flag), transposed: optional(flag) }
  const { lower = true, transposed: turned = false } = requireOptions('triangularSolve', options, rules)
  return withRightSide('triangularSolve', [a, b, more], (left, right) =>
    solveTriangular(o, left, right, { lower, transposed: turned })
  )
}

/** x = R⁻¹ Q' b. */
const byFactors = ([q, r]: readonly [Tensor, Tensor], b: Tensor): Tensor =>
  solveTriangular(o, r, matmul(transposed(o, q), b), { lower: false, transposed: false })

/** From A x = b follows A dx = db - dA x, which the same factors solve, to any order. */
const solveMatrices: (a: Tensor, b: Tensor) => Tensor = /* @__PURE__ */ customJvp(
  (a: Tensor, b: Tensor): Tensor => byFactors(qr(a), b),
  ([a, b], [da, db]): Tensor => solveMatrices(a, o.sub(db, matmul(da, solveMatrices(a, b))))
)

/** Solves; where it is computed at once, refuses a singular matrix in the name of the function that was called. */
const solveIn = (op: string, a: Tensor, b: Tensor, more: readonly unknown[] = []): Tensor =>
  withRightSide(op, [a, b, more], (left, right) => {
    if (activeGraph() !== undefined) return solveMatrices(left, right)
    const factors = qr(left)
    if (!diagonalOf(o, factors[1]).data.every((x) => x > 0))
      fail('InvalidArgument', {
        op,
        expected: 'matrices that are not singular',
        actual: `${showAval(a)} with another one`
      })
    return byFactors(factors, right)
  })

/**
 * Solves A x = b for square matrices A [..., n, n] and right sides b, one vector [n] or the columns of [..., n, m]; leading
 * axes broadcast. By QR, which is stable for every A. Takes some 3 n³ operations.
 *
 * @throws InvalidArgument outside of traces where a matrix is singular up to rounding; compiled, x is not finite there
 *
 * @example
 * import { solve, tensor } from 'saddlepoint'
 * solve(tensor([[2, 1], [1, 3]]), tensor([5, 10])).data // => [1, 3]
 */
export const solve = (a: Tensor, b: Tensor, ...more: None): Tensor => solveIn('solve', a, b, more)

/**
 * Inverts square matrices [..., n, n]. To solve with the inverse, use `solve`: it is faster and more precise.
 *
 * @throws InvalidArgument outside of traces where a matrix is singular up to rounding; compiled, it is not finite there
 *
 * @example
 * import { inverse, tensor } from 'saddlepoint'
 * inverse(tensor([[2, 1], [1, 1]])).data // => [1, -1, -1, 2]
 */
export const inverse = (a: Tensor, ...more: None): Tensor => {
  const n = lastExtent(squareIn('inverse', a, more))
  const eye = o.convert(o.compare(o.iota([n, n], 0), o.iota([n, n], 1), 'eq'), 'float32')
  return solveIn('inverse', a, eye)
}

/**
 * Computes log |det A| of square matrices [..., n, n], one number a matrix: -Infinity where a matrix is singular, which has
 * no derivative. By QR, the sum of the logarithms of R's diagonal, so that nothing overflows.
 *
 * @throws InvalidArgument outside of traces where a matrix holds what is no finite number; compiled, it is NaN there
 *
 * @example
 * import { grad, logdet, tensor } from 'saddlepoint'
 * logdet(tensor([[0, 2], [3, 0]])).data // => [Math.log(6)]
 * grad(logdet)(tensor([[2, 0], [0, 4]])).data // => [0.5, 0, 0, 0.25]
 */
export const logdet = (a: Tensor, ...more: None): Tensor => {
  const [, r] = qr(squareIn('logdet', a, more))
  const logs = o.log(diagonalOf(o, r))
  return o.reduceSum(logs, [logs.shape.length - 1])
}

import { matmul } from '../ops/matmul.ts'
import { cholesky as choleskyPrimitive } from '../primitives/cholesky.ts'
import { eigh as eighPrimitive } from '../primitives/eigh.ts'
import { qr as qrPrimitive } from '../primitives/qr.ts'
import { matricesOf, rowsFrom, transposed } from '../primitives/rules/matrices.ts'
import { singularValues as singularValuesPrimitive } from '../primitives/singularValues.ts'
import { svd as svdPrimitive } from '../primitives/svd.ts'
import { o } from '../primitives/vocabulary.ts'
import { call } from '../program/call.ts'
import type { None } from '../tensor/arguments.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { lastExtent, matrixIn, squareIn } from './operands.ts'

/** Takes the first row of matrices off, as vectors. */
const firstRow = (packed: Tensor): Tensor => {
  const row = rowsFrom(o, packed, 0, 1)
  return o.reshape(row, [...row.shape.slice(0, -2), lastExtent(row)])
}

/** Takes columns from `start` to before `limit`. */
const columnsFrom = (x: Tensor, start: number, limit: number): Tensor =>
  o.slice(
    x,
    x.shape.map((_, axis) => (axis === x.shape.length - 1 ? start : 0)),
    x.shape.with(-1, limit)
  )

/**
 * Factors symmetric positive definite matrices [..., n, n] as A = L L', L lower triangular with a positive diagonal. The
 * symmetric part of A is read, so that gradients are symmetric. Takes n³ / 3 operations, in double precision on CPUs.
 *
 * @throws InvalidArgument outside of traces where a matrix is not positive definite, differs from its transpose by more
 * than rounding (1e-4 of its largest element in float32), or holds what is no finite number; compiled, L is NaN there
 *
 * @example
 * import { cholesky, tensor } from 'saddlepoint'
 * cholesky(tensor([[4, 2], [2, 10]])).data // => [2, 0, 1, 3]
 */
export const cholesky = (a: Tensor, ...more: None): Tensor =>
  call(choleskyPrimitive, {}, [squareIn('cholesky', a, more)])

/**
 * Computes the eigenvalues [..., n], ascending, and eigenvectors, the columns of V [..., n, n], of symmetric matrices
 * [..., n, n], so that A = V diag(w) V'. A vector's sign is such that its first element of at least nine tenths of the largest is
 * positive. Eigenvalues that rounding cannot tell apart come out equal. The symmetric part of A is read.
 *
 * Derivatives exist to any order. Where eigenvalues are equal their vectors are one basis among many, and what depends on
 * the choice has no derivative: it counts as 0, so that gradients of symmetric functions of the eigenvalues are right (a
 * sum, log det, a spread of those that are apart), and nothing is infinite. Second derivatives of such functions, and first
 * ones of V f(w) V', lack there what turns equal eigenvalues against each other, unless f is linear: no derivative of n
 * numbers holds it. `matrixFunction` has it, to any order. Takes some 9 n³ operations.
 *
 * @throws InvalidArgument outside of traces where a matrix is asymmetric beyond rounding (1e-4 of its largest element in
 * float32) or holds what is no finite number; compiled, all of its result is NaN
 *
 * @see Wilkinson and Reinsch, Handbook for Automatic Computation II (1971), tred2 and tql2
 *
 * @example
 * import { eigh, grad, sum, tensor } from 'saddlepoint'
 * const [values, vectors] = eigh(tensor([[2, 1], [1, 2]]))
 * values.data // => [1, 3]
 * vectors.data // => [0.7071067690849304, 0.7071067690849304, -0.7071067690849304, 0.7071067690849304]
 * grad((a) => sum(eigh(a)[0]))(tensor([[1, 0], [0, 1]])).data // => [1, 0, 0, 1]
 */
export const eigh = (a: Tensor, ...more: None): [values: Tensor, vectors: Tensor] => {
  const n = lastExtent(squareIn('eigh', a, more))
  const packed = call(eighPrimitive, {}, [a])
  return [firstRow(packed), rowsFrom(o, packed, 1, n + 1)]
}

/**
 * Factors matrices [..., m, n] as A = Q R: Q [..., m, k] with orthonormal columns, R [..., k, n] upper triangular with a
 * diagonal that is not negative, k the smaller of m and n. Where a column lies in the span of those before it, R has 0 on
 * its diagonal, and no finite derivative. Takes some 2 m n² operations.
 *
 * @throws InvalidArgument outside of traces where a matrix holds what is no finite number; compiled, the result is NaN
 *
 * @example
 * import { qr, tensor } from 'saddlepoint'
 * const [q, r] = qr(tensor([[3, 1], [4, 3]]))
 * q.data // => [0.6, -0.8, 0.8, 0.6]
 * r.data // => [5, 3, 0, 1]
 */
export const qr = (a: Tensor, ...more: None): [q: Tensor, r: Tensor] => {
  const { rows: m, columns: n } = matricesOf(matrixIn('qr', a, more))
  if (m >= n) {
    const packed = call(qrPrimitive, {}, [a])
    return [rowsFrom(o, packed, 0, m), rowsFrom(o, packed, m, m + n)]
  }
  const [q, r] = qr(columnsFrom(a, 0, m))
  return [q, o.concat([r, matmul(transposed(o, q), columnsFrom(a, m, n))], a.shape.length - 1)]
}

/**
 * Computes the thin singular value decomposition of matrices [..., m, n], A = U diag(s) V': U [..., m, k], the singular
 * values s [..., k], descending, and V [..., n, k], k the smaller of m and n. By QR and one-sided Jacobi rotations, in
 * double precision on CPUs: A' A is never formed, so the small singular values are as precise as A has them, and what rounding
 * leaves of dependent columns is 0; U and V are orthonormal all the same. A column of V
 * (of U where m < n) has a sign as in `eigh`; equal singular values and their derivatives are dealt with as there.
 *
 * The derivative of U and V divides by differences and sums of singular values, and by singular values; that of s does not.
 * Where singular values are equal, U V' and its derivative, which is also the second derivative of the sum of s, are right all
 * the same; for other functions of s there, take `matrixFunction` of A'A.
 *
 * @throws InvalidArgument outside of traces where a matrix holds what is no finite number; compiled, the result is NaN
 *
 * @see Demmel and Veselić, Jacobi's method is more accurate than QR (1992)
 *
 * @example
 * import { svd, tensor } from 'saddlepoint'
 * const [u, s, v] = svd(tensor([[0, 2], [1, 0], [0, 0]]))
 * u.data // => [1, 0, 0, 1, 0, 0]
 * s.data // => [2, 1]
 * v.data // => [0, 1, 1, 0]
 */
export const svd = (a: Tensor, ...more: None): [u: Tensor, values: Tensor, v: Tensor] => {
  const { rows: m, columns: n } = matricesOf(matrixIn('svd', a, more))
  if (m < n) {
    const [v, values, u] = svd(transposed(o, a))
    return [u, values, v]
  }
  const packed = call(svdPrimitive, {}, [a])
  return [rowsFrom(o, packed, 1, m + 1), firstRow(packed), rowsFrom(o, packed, m + 1, m + n + 1)]
}

/**
 * Computes the singular values [..., k] of matrices [..., m, n], descending, k the smaller of m and n, as precisely as `svd`
 * does. No vector is formed. In single precision, compiled, it takes some m n² operations, a seventh of the time of `svd`, where the
 * condition number is below 4096: A'A is formed in double precision. Elsewhere two fifths. The derivative of one is u' dA v. The logarithm of the quotient of the
 * first and the last is the log of the condition number.
 *
 * @throws InvalidArgument outside of traces where a matrix holds what is no finite number; compiled, the result is NaN
 *
 * @example
 * import { singularValues, tensor } from 'saddlepoint'
 * singularValues(tensor([[3, 0], [4, 5]])).data // => [6.7082037925720215, 2.2360680103302]
 */
export const singularValues = (a: Tensor, ...more: None): Tensor => {
  const { rows: m, columns: n } = matricesOf(matrixIn('singularValues', a, more))
  return call(singularValuesPrimitive, {}, [m < n ? transposed(o, a) : a])
}

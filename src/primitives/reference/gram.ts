import { decomposeToValues } from './eigen.ts'
import type { Eigenvalues } from './eigen.ts'
import { dot } from './vectors.ts'

/** A'A of n columns of m numbers, which lie in `a` as rows: n x n at `to`. */
const gram = (a: Float64Array, to: Float64Array, m: number, n: number): void => {
  for (let j = 0; j < n; j++) for (let k = j; k < n; k++) to[j * n + k] = to[k * n + j] = dot(a, j * m, a, k * m, m)
}

/**
 * Where the least eigenvalue of A'A is more than so much of the largest, so that the condition of A is below 4096. Rounding of A'A in
 * double precision, some 2^-52 of the largest, is then 2^-28 of the least, half of which is what its root is off by: nothing
 * in single precision.
 */
export const leastSquare = 2 ** -24

/**
 * Comes to hold the squares of the singular values of A in `eigen.d` where squaring A loses nothing, as it does not in double
 * precision if A is in single precision and not ill-conditioned. Returns whether that is so. A stays as it is.
 */
export const squaredValues = (a: Float64Array, eigen: Eigenvalues, m: number, n: number): boolean => {
  gram(a, eigen.a, m, n)
  if (!decomposeToValues(eigen, n)) return false
  let [least, most] = [Infinity, 0]
  for (let j = 0; j < n; j++) {
    least = Math.min(least, eigen.d[j]!)
    most = Math.max(most, eigen.d[j]!)
  }
  return least > leastSquare * most
}

import { addScaled, dot } from './vectors.ts'

/**
 * A = Q R of one m x n matrix with m >= n by Householder reflections (Golub and Van Loan, algorithm 5.2.1). `a` holds the
 * columns of A as rows, n x m. After: row j holds column j of R above its diagonal, then the vector of reflection j.
 */
export interface Householder {
  readonly a: Float64Array
  /** The diagonal of R. */
  readonly diagonal: Float64Array
  /** Reflection j is I - tau v v'. */
  readonly tau: Float64Array
  readonly lengths: Float64Array
}

export const householderOf = (m: number, n: number): Householder => ({
  a: new Float64Array(m * n),
  diagonal: new Float64Array(n),
  tau: new Float64Array(n),
  lengths: new Float64Array(n)
})

/** Where less than so much of a column, times the rows, is left of it, nothing is: it lies in the span of those before. */
export const leastRest = 2 ** -52

/** Factors `a` in place. Returns whether its numbers are finite. */
export const reflect = ({ a, diagonal, tau, lengths }: Householder, m: number, n: number): boolean => {
  let all = 0
  for (let j = 0; j < n; j++) all += lengths[j] = dot(a, j * m, a, j * m, m)
  if (!(all < Infinity)) return false
  for (let k = 0; k < n; k++) {
    const row = k * m + k
    const [head, rest] = [a[row]!, dot(a, row + 1, a, row + 1, m - k - 1)]
    tau[k] = 0
    const square = head * head + rest
    const isSpanned = square <= m * leastRest * (m * leastRest) * lengths[k]!
    diagonal[k] = isSpanned ? 0 : head
    if (isSpanned || rest === 0) continue
    const length = Math.sqrt(square)
    const shifted = head + (head < 0 ? -length : length)
    a[row] = shifted
    diagonal[k] = head < 0 ? length : -length
    tau[k] = 2 / (shifted * shifted + rest)
    for (let j = k + 1; j < n; j++) addScaled(-tau[k]! * dot(a, row, a, j * m + k, m - k), a, row, a, j * m + k, m - k)
  }
  return true
}

/** Multiplies x[from...], m numbers, by Q. */
export const applyQ = ({ a, tau }: Householder, x: Float64Array, from: number, m: number, n: number): void => {
  for (let k = n - 1; k >= 0; k--)
    if (tau[k] !== 0) {
      const row = k * m + k
      addScaled(-tau[k]! * dot(a, row, x, from + k, m - k), a, row, x, from + k, m - k)
    }
}

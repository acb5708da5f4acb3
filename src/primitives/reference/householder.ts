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
  /** The squared length of each column of A; then, with pivots, of what is left of it, now and when it was last added up. */
  readonly lengths: Float64Array
  readonly rests: Float64Array
  readonly summed: Float64Array
}

export const householderOf = (m: number, n: number): Householder => ({
  a: new Float64Array(m * n),
  diagonal: new Float64Array(n),
  tau: new Float64Array(n),
  lengths: new Float64Array(n),
  rests: new Float64Array(n),
  summed: new Float64Array(n)
})

/** Where less than so much of a column, times the rows, is left of it, nothing is: it lies in the span of those before. */
export const leastRest = 2 ** -52

const exchange = (x: Float64Array | Int32Array, i: number, j: number): void => {
  const own = x[i]!
  x[i] = x[j]!
  x[j] = own
}

/** Squares that are taken off a sum of squares one by one leave rounding: below so much of the sum it is added up again. */
export const leastShare = 0.01

/**
 * Brings to place k the column of which the most is left behind row k, of those of which anything is left, and clears what
 * is left of all where there is none. `order` goes with the columns.
 */
const pivot = (householder: Householder, m: number, n: number, k: number, order: Int32Array): void => {
  const { a, lengths, rests, summed } = householder
  let [chosen, most] = [-1, 0]
  for (let j = k; j < n; j++) {
    if (k > 0) rests[j]! -= a[j * m + k - 1]! * a[j * m + k - 1]!
    if (k === 0 || rests[j]! <= leastShare * summed[j]!)
      rests[j] = summed[j] = k === 0 ? lengths[j]! : dot(a, j * m + k, a, j * m + k, m - k)
    if (!(rests[j]! > most) || rests[j]! <= m * leastRest * (m * leastRest) * lengths[j]!) continue
    chosen = j
    most = rests[j]!
  }
  if (chosen < 0) for (let j = k; j < n; j++) a.fill(0, j * m + k, (j + 1) * m)
  if (chosen <= k) return
  for (let i = 0; i < m; i++) exchange(a, k * m + i, chosen * m + i)
  for (const of of [lengths, rests, summed, order]) exchange(of, k, chosen)
}

/**
 * Factors `a` in place. With `order` columns change places so that what depends on others comes last, and nothing is left of
 * it: column j of Q R is then column order[j] of A. Returns whether the numbers are finite.
 */
export const reflect = (householder: Householder, m: number, n: number, order?: Int32Array): boolean => {
  const { a, diagonal, tau, lengths } = householder
  order?.forEach((_, j) => (order[j] = j))
  let all = 0
  for (let j = 0; j < n; j++) all += lengths[j] = dot(a, j * m, a, j * m, m)
  if (!(all < Infinity)) return false
  for (let k = 0; k < n; k++) {
    if (order !== undefined) pivot(householder, m, n, k, order)
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

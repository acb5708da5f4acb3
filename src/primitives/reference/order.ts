/** Makes a decomposition the same on every engine: the order of its numbers, ties that are ties, and signs. */

/** The places of the n numbers of d in ascending order, equal ones in their own. */
export const ascendingOrder = (d: Float64Array, order: Int32Array, n: number): void => {
  for (let i = 0; i < n; i++) {
    let at = i
    while (at > 0 && d[i]! < d[order[at - 1]!]!) {
      order[at] = order[at - 1]!
      at--
    }
    order[at] = i
  }
}

/**
 * Eigenvalues that lie no further apart than so many units in the last place of the largest are one; singular values, of the
 * larger of the two.
 */
export const tiedUnits = 4

/**
 * Replaces numbers that rounding cannot tell apart by their mean. d in the given order: each run within `width` of its
 * first.
 */
export const mergeTies = (d: Float64Array, order: Int32Array, n: number, width: (first: number) => number): void => {
  for (let start = 0; start < n;) {
    const first = d[order[start]!]!
    let [end, sum] = [start, 0]
    while (end < n && Math.abs(d[order[end]!]! - first) <= width(first)) sum += d[order[end++]!]!
    if (end === start) return
    for (let i = start; i < end; i++) d[order[i]!] = end - start === 1 ? first : sum / (end - start)
    start = end
  }
}

/** The sign that makes positive the first of n elements that is at least nine tenths of the largest in absolute value. */
export const signOf = (v: Float64Array, from: number, n: number): 1 | -1 => {
  let largest = 0
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(v[from + i]!))
  let i = 0
  while (i < n - 1 && Math.abs(v[from + i]!) < 0.9 * largest) i++
  return v[from + i]! < 0 ? -1 : 1
}

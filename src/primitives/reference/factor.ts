import { dot } from './vectors.ts'

/** A pivot below so many times its diagonal element is what rounding leaves of zero: a unit in the last place of a double. */
export const leastPivot = 2 ** -52

/** Factors w = L L' in place, row by row; its lower triangle is read. Returns whether it is positive definite. */
export const factor = (w: Float64Array, n: number): boolean => {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) w[i * n + j] = (w[i * n + j]! - dot(w, i * n, w, j * n, j)) / w[j * n + j]!
    const pivot = w[i * n + i]! - dot(w, i * n, w, i * n, i)
    if (!(pivot > n * leastPivot * w[i * n + i]!)) return false
    w[i * n + i] = Math.sqrt(pivot)
  }
  return true
}

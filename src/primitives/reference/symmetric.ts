import type { Data } from '../../tensor/dtype.ts'

/** Bounds how far a symmetric matrix may be from its transpose, relative to its largest element: what rounding leaves. */
export const asymmetry = { float32: 1e-4, float64: 1e-10 } as const

/**
 * Reads the symmetric part (A + A') / 2 of the n x n matrix at a[from...] into w. Returns whether A is symmetric up to
 * rounding and of finite numbers.
 */
export const readSymmetric = (a: Data, from: number, n: number, w: Float64Array): boolean => {
  let [largest, apart] = [0, 0]
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const [below, above] = [a[from + i * n + j]!, a[from + j * n + i]!]
      w[i * n + j] = w[j * n + i] = 0.5 * (below + above)
      // Sums, not maxima: they keep a NaN.
      largest = Math.max(largest, Math.abs(below) + Math.abs(above))
      apart = Math.max(apart, Math.abs(below - above))
    }
  const limit = a instanceof Float64Array ? asymmetry.float64 : asymmetry.float32
  return largest < Infinity && apart <= limit * largest
}

import { addScaled, dot, rotate, scale } from './vectors.ts'

/** Rounds over all pairs of columns after which what is left is left: eight or so suffice. */
export const mostSweeps = 40

/** Two columns are orthogonal when the cosine between them is at most so much, times their number. */
export const orthogonal = 2 ** -52

/**
 * Turns pairs of the n rows of b, each of n numbers, until all are orthogonal, and the rows of v with them (Hestenes 1958,
 * one-sided Jacobi): v B = diag(d) U', the rows of b, so B = v' diag(d) U'. Small singular values come out as precisely as B
 * has them. Rows of zeros stay; no others may depend on one another. Without v the rows of b alone are turned.
 *
 * `squares` holds the squared lengths of the rows: added up before each round, they follow each rotation. The last round turns
 * nothing, so what it judges by is added up.
 */
export const orthogonalize = (b: Float64Array, squares: Float64Array, n: number, v?: Float64Array): void => {
  v?.fill(0)
  if (v !== undefined) for (let i = 0; i < n; i++) v[i * n + i] = 1
  for (let sweep = 0, turned = true; turned && sweep < mostSweeps; sweep++) {
    turned = false
    for (let p = 0; p < n; p++) squares[p] = dot(b, p * n, b, p * n, n)
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        const [i, j] = [p * n, q * n]
        const [own, other, both] = [squares[p]!, squares[q]!, dot(b, i, b, j, n)]
        if (Math.abs(both) <= n * orthogonal * Math.sqrt(own * other)) continue
        turned = true
        const half = (other - own) / (2 * both)
        const root = Math.sqrt(1 + half * half)
        const t = half < 0 ? 1 / (half - root) : 1 / (half + root)
        const c = 1 / Math.sqrt(1 + t * t)
        rotate(c, c * t, b, i, j, n)
        if (v !== undefined) rotate(c, c * t, v, i, j, n)
        squares[p] = Math.max(own - t * both, 0)
        squares[q] = Math.max(other + t * both, 0)
      }
  }
}

/** Divides the rows of b by their lengths d; those of length 0 it makes orthogonal to all others, and of length 1. */
export const normalize = (b: Float64Array, d: Float64Array, n: number): void => {
  for (let i = 0; i < n; i++) {
    d[i] = Math.sqrt(dot(b, i * n, b, i * n, n))
    if (d[i]! > 0) scale(1 / d[i]!, b, i * n, n)
  }
  for (let i = 0; i < n; i++)
    for (let axis = 0; d[i] === 0 && axis < n; axis++) {
      b.fill(0, i * n, (i + 1) * n)
      b[i * n + axis] = 1
      for (let twice = 0; twice < 2; twice++)
        for (let k = 0; k < n; k++)
          if (k < i || d[k]! > 0) addScaled(-dot(b, i * n, b, k * n, n), b, k * n, b, i * n, n)
      const square = dot(b, i * n, b, i * n, n)
      if (2 * n * square < 1) continue
      scale(1 / Math.sqrt(square), b, i * n, n)
      break
    }
}

import { addScaled, dot, rotate } from './vectors.ts'

/**
 * Eigenvalues and eigenvectors of one symmetric n x n matrix by Householder reflections and the implicit QL method
 * (Wilkinson and Reinsch 1971, tred2 and tql2), arranged so that all long loops run along rows.
 */
export interface Eigenvalues {
  /** The matrix, of which nothing remains. */
  readonly a: Float64Array
  /** Comes to hold the eigenvalues, in no order. */
  readonly d: Float64Array
  /** n numbers to work with. */
  readonly e: Float64Array
  readonly tau: Float64Array
  readonly q: Float64Array
}

export interface Eigen extends Eigenvalues {
  /** Comes to hold the eigenvectors, as rows. */
  readonly v: Float64Array
}

export const eigenvaluesOf = (n: number): Eigenvalues => {
  const vector = (): Float64Array => new Float64Array(n)
  return { a: new Float64Array(n * n), d: vector(), e: vector(), tau: vector(), q: vector() }
}

export const eigenOf = (n: number): Eigen => ({ ...eigenvaluesOf(n), v: new Float64Array(n * n) })

/** Makes a tridiagonal: diagonal d, beside it e. Row k of a keeps the reflection I - tau v v' that cleared it. */
const tridiagonalize = ({ a, d, e, tau, q }: Eigenvalues, n: number): void => {
  for (let k = 0; k < n; k++) {
    const [row, first, left] = [k * n + k + 1, k + 1, n - k - 1]
    d[k] = a[k * n + k]!
    tau[k] = 0
    e[k] = left > 0 ? a[row]! : 0
    const rest = left > 1 ? dot(a, row + 1, a, row + 1, left - 1) : 0
    if (rest === 0) continue
    const head = a[row]!
    const length = Math.sqrt(head * head + rest)
    const shifted = head + (head < 0 ? -length : length)
    const factor = 2 / (shifted * shifted + rest)
    a[row] = shifted
    e[k] = head < 0 ? length : -length
    tau[k] = factor
    for (let i = first; i < n; i++) q[i] = factor * dot(a, i * n + first, a, row, left)
    addScaled(-0.5 * factor * dot(q, first, a, row, left), a, row, q, first, left)
    for (let i = first; i < n; i++) {
      const own = a[row + i - first]!
      addScaled(-own, q, first, a, i * n + first, left)
      addScaled(-q[i]!, a, row, a, i * n + first, left)
    }
  }
}

/** Multiplies the reflections into v, transposed. */
const accumulate = ({ a, v, tau }: Eigen, n: number): void => {
  v.fill(0)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  for (let k = n - 3; k >= 0; k--) {
    const [row, first, left] = [k * n + k + 1, k + 1, n - k - 1]
    if (tau[k] === 0) continue
    for (let i = first; i < n; i++)
      addScaled(-tau[k]! * dot(v, i * n + first, a, row, left), a, row, v, i * n + first, left)
  }
}

/** Steps after which an eigenvalue that has not been found is given up: a few suffice. */
export const mostSteps = 60

/** Turns the tridiagonal matrix diagonal, and the rows of v with it, if any. Returns whether all eigenvalues were found. */
const diagonalize = ({ d, e }: Eigenvalues, n: number, v?: Float64Array): boolean => {
  let [shift, size] = [0, 0]
  for (let l = 0; l < n; l++) {
    size = Math.max(size, Math.abs(d[l]!) + Math.abs(e[l]!))
    for (let step = 0; ; step++) {
      let m = l
      while (m < n - 1 && !(Math.abs(e[m]!) <= 2 ** -52 * size)) m++
      if (m === l) break
      if (step === mostSteps) return false
      const before = d[l]!
      let p = (d[l + 1]! - before) / (2 * e[l]!)
      const root = p < 0 ? p - Math.sqrt(p * p + 1) : p + Math.sqrt(p * p + 1)
      const next = e[l]! * root
      d[l] = e[l]! / root
      d[l + 1] = next
      const moved = before - d[l]!
      for (let i = l + 2; i < n; i++) d[i]! -= moved
      shift += moved
      const [beside, own] = [e[l + 1]!, e[l]!]
      let [c, c2, c3, s, s2] = [1, 1, 1, 0, 0]
      p = d[m]!
      for (let i = m - 1; i >= l; i--) {
        c3 = c2
        c2 = c
        s2 = s
        const [g, h, r] = [c * e[i]!, c * p, Math.sqrt(p * p + e[i]! * e[i]!)]
        e[i + 1] = s * r
        s = e[i]! / r
        c = p / r
        p = c * d[i]! - s * g
        d[i + 1] = h + s * (c * g + s * d[i]!)
        if (v !== undefined) rotate(c, s, v, i * n, (i + 1) * n, n)
      }
      p = (-s * s2 * c3 * beside * own) / next
      e[l] = s * p
      d[l] = c * p
    }
    d[l]! += shift
    e[l] = 0
  }
  return true
}

/** Finds eigenvalues and eigenvectors of `eigen.a`. Returns whether it did. */
export const decompose = (eigen: Eigen, n: number): boolean => {
  tridiagonalize(eigen, n)
  accumulate(eigen, n)
  return diagonalize(eigen, n, eigen.v)
}

/** Finds the eigenvalues of `eigen.a` alone: the same bits. Returns whether it did. */
export const decomposeToValues = (eigen: Eigenvalues, n: number): boolean => {
  tridiagonalize(eigen, n)
  return diagonalize(eigen, n)
}

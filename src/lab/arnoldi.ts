/** A linear map of vectors of doubles, which is given as a function. */
export type LinearMap = (v: Float64Array) => Float64Array

/** Holds what is left of a linear map in a smaller space: with orthonormal rows V, A V' = V' H and `next` off V in the last column. */
export interface Projection {
  /** H = V A V', upper Hessenberg, row by row. */
  readonly matrix: readonly (readonly number[])[]
  /** The length of what the image of the last vector has beside all of them. */
  readonly next: number
}

const inner = (x: Float64Array, y: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!
  return sum
}

const lengthOf = (x: Float64Array): number => Math.sqrt(inner(x, x))

/** Takes what lies along orthonormal vectors out of x, in place, and returns how much that was of each. Twice is enough. */
const takeOut = (basis: readonly Float64Array[], x: Float64Array): number[] => {
  const along = basis.map(() => 0)
  for (let pass = 0; pass < 2; pass++)
    basis.forEach((v, k) => {
      const part = inner(v, x)
      along[k]! += part
      for (let i = 0; i < x.length; i++) x[i]! -= part * v[i]!
    })
  return along
}

/** What is left of a vector that is no longer than so much of it is rounding. */
const rounding = 1e-13

/**
 * Projects a linear map to the spaces of v, A v, A² v, ... by Arnoldi's method: at most `steps` applications, until `isEnough`,
 * which is asked after every step. Where a space is mapped to itself, the next vector is one of `fresh`. Keeps steps vectors.
 *
 * @see Arnoldi, The principle of minimized iterations in the solution of the matrix eigenvalue problem (1951)
 */
export const arnoldi = (
  apply: LinearMap,
  fresh: (step: number) => Float64Array,
  steps: number,
  isEnough: (projection: Projection) => boolean
): Projection => {
  const basis: Float64Array[] = []
  const columns: number[][] = []
  const projection = (next: number): Projection => ({
    matrix: columns.map((_, row) => columns.map((column) => column[row] ?? 0)),
    next
  })
  let [vector, next] = [fresh(0), 0]
  for (let step = 0; step < steps; step++) {
    if (next === 0) {
      vector = Float64Array.from(fresh(step))
      takeOut(basis, vector)
    }
    const length = next === 0 ? lengthOf(vector) : next
    basis.push(vector.map((x) => x / length))
    vector = Float64Array.from(apply(basis[step]!))
    const before = lengthOf(vector)
    const along = takeOut(basis, vector)
    const left = lengthOf(vector)
    next = left > rounding * before ? left : 0
    columns.push([...along, next])
    if (isEnough(projection(next))) break
  }
  return projection(next)
}

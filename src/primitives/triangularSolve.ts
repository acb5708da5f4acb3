import { callTangent } from '../program/call.ts'
import type { Primitive } from '../program/primitive.ts'
import type { Tangent } from '../program/tangent.ts'
import type { Vocabulary } from '../program/vocabulary.ts'
import { equalShapes } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { addScaled, dot, scale } from './reference/vectors.ts'
import { mergeLeading, splitLeading } from './rules/leadingAxis.ts'
import { kept, matricesOf, requireMatrices, times, transposed } from './rules/matrices.ts'
import { requireDType, requireShape } from './rules/requirements.ts'

/** Says which triangle of A is read, and whether A' x = b is solved instead. */
export interface Triangle {
  readonly lower: boolean
  readonly transposed: boolean
}

/** Solves in place of b, n x m: rows of x from the first to the last, or the other way round. */
const solve = (a: Float64Array, x: Float64Array, n: number, m: number, triangle: Triangle): void => {
  const { lower } = triangle
  const forwards = lower !== triangle.transposed
  for (let step = 0; step < n; step++) {
    const i = forwards ? step : n - 1 - step
    // The other elements of row i of the triangle: columns from `start` to before `end`.
    const [start, end] = lower ? [0, i] : [i + 1, n]
    if (triangle.transposed) {
      scale(1 / a[i * n + i]!, x, i * m, m)
      if (m === 1) addScaled(-x[i]!, a, i * n + start, x, start, end - start)
      else for (let k = start; k < end; k++) addScaled(-a[i * n + k]!, x, i * m, x, k * m, m)
    } else {
      if (m === 1) x[i]! -= dot(a, i * n + start, x, start, end - start)
      else for (let k = start; k < end; k++) addScaled(-a[i * n + k]!, x, k * m, x, i * m, m)
      scale(1 / a[i * n + i]!, x, i * m, m)
    }
  }
}

/**
 * x such that A x = b, or A' x = b, for triangular A [..., n, n] and b [..., n, m]. Only the triangle that `lower` names is
 * read. Linear in b, and its own transpose there, with A transposed.
 */
export const triangularSolve: Primitive<Readonly<Record<string, unknown>> & Triangle> = {
  name: 'triangularSolve',
  shape: ([a, b]) => {
    requireMatrices('triangularSolve', a!, 'square')
    requireDType('triangularSolve', [b!], ['float32'])
    requireShape(
      equalShapes(a!.shape.slice(0, -1), b!.shape.slice(0, -1)),
      'triangularSolve',
      [a!, b!],
      'matrices [..., n, n] and right sides [..., n, m]'
    )
    return { shape: b!.shape, dtype: 'float32' }
  },
  expects: 'a triangular matrix without zeros on its diagonal, and finite numbers',
  evaluate: (_, result, triangle) => {
    const { count, rows: n, columns: m } = matricesOf(result)
    const [w, v] = [new Float64Array(n * n), new Float64Array(n * m)]
    return ([a, b], x) => {
      for (let one = 0; one < count; one++) {
        for (let k = 0; k < n * n; k++) w[k] = a![one * n * n + k]!
        for (let k = 0; k < n * m; k++) v[k] = b![one * n * m + k]!
        solve(w, v, n, m, triangle)
        x.set(v, one * n * m)
      }
    }
  },
  linearity: { in: [1], how: 'separately' },
  jvp: (o, [a], [da, db], x, triangle) => {
    const own = kept(o, da!, triangle.lower ? 'ge' : 'le')
    const moved = times(o, triangle.transposed ? transposed(o, own) : own, x)
    return solveTriangular(o, a!, o.sub(db!, moved), triangle)
  },
  transpose: (o, cotangent, _, [a], { lower, transposed: turned }) =>
    solveTriangular(o, a!, cotangent, { lower, transposed: !turned }),
  batch: (o, [a, b], [inA, inB], triangle, size) => {
    if (inA && inB) return solveTriangular(o, a!, b!, triangle)
    // One matrix for all: the right sides lie beside each other.
    const columns = b!.shape.length - 2
    if (inB) return splitLeading(o, solveTriangular(o, a!, mergeLeading(o, b!, columns), triangle), columns, size)
    const right = o.broadcastInDim(
      b!,
      [size, ...b!.shape],
      b!.shape.map((_, axis) => axis + 1)
    )
    return solveTriangular(o, a!, right, triangle)
  },
  lower: () => ({ kind: 'routine' })
}

/** The primitive as rules and ops call it, on tangents too: the vocabulary has no function for it. */
export const solveTriangular: {
  (o: Vocabulary, a: Tensor, b: Tensor, triangle: Triangle): Tensor
  (o: Vocabulary, a: Tensor, b: Tangent, triangle: Triangle): Tangent
} = ((o: Vocabulary, a: Tensor, b: Tangent, { lower, transposed: turned }: Triangle) =>
  callTangent(triangularSolve, { lower, transposed: turned }, [a, b], o.instantiate)) as typeof solveTriangular

import { partsOf } from '../../primitives/rules/dotAxes.ts'
import type { DotAxes } from '../../program/vocabulary.ts'
import type { Shape } from '../../tensor/shape.ts'
import { stridesOf } from '../../tensor/shape.ts'
import type { MatrixStrides } from '../schedule.ts'

/** An axis of a contraction: how far apart its neighbours lie in a, b and c. 0 where one does not have it. */
interface ProductAxis {
  readonly extent: number
  readonly a: number
  readonly b: number
  readonly c: number
  /** Axes of the result that it is made of, outermost first. */
  readonly parts: readonly number[]
}

/** A contraction as one batched product of matrices, and what its three axes are in the result's shape. */
export interface Matrices {
  readonly batch: number
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: MatrixStrides
  readonly b: MatrixStrides
  readonly c: MatrixStrides
  /** Axes of the result that make up batch, m and n, those of extent 1 left out. */
  readonly parts: readonly [readonly number[], readonly number[], readonly number[]]
}

const joins = (outer: ProductAxis, inner: ProductAxis): boolean =>
  outer.a === inner.a * inner.extent && outer.b === inner.b * inner.extent && outer.c === inner.c * inner.extent

/** Axes of which each lies in the one before, taken together. */
const joined = (axes: readonly ProductAxis[]): readonly ProductAxis[] => {
  const sorted = axes.filter(({ extent }) => extent !== 1).sort((x, y) => y.c - x.c || y.a - x.a || y.b - x.b)
  const result: ProductAxis[] = []
  for (const axis of sorted) {
    const outer = result.at(-1)
    if (outer !== undefined && joins(outer, axis))
      result[result.length - 1] = {
        ...axis,
        extent: outer.extent * axis.extent,
        parts: [...outer.parts, ...axis.parts]
      }
    else result.push(axis)
  }
  return result
}

/**
 * Finds the contraction of operands that lie at these strides, if it is one batched product: any number of axes may be batch,
 * free or contracted as long as they join to one each. A second free axis of one operand is a batch axis that the other
 * repeats.
 */
export const matricesOf = (
  shapes: readonly [Shape, Shape],
  strides: readonly [readonly number[], readonly number[]],
  params: DotAxes
): Matrices | undefined => {
  const [left, right] = partsOf(
    shapes.map((shape) => ({ shape, dtype: 'float32' })),
    params
  )
  const [x, y] = shapes
  const [s, t] = strides
  const free = [...left.free.map((n) => x[n]!), ...right.free.map((n) => y[n]!)]
  const result = [...left.batch.map((n) => x[n]!), ...free]
  const c = stridesOf(result)
  const [first, second] = [left.batch.length, left.batch.length + left.free.length]
  const batch = left.batch.map((n, i): ProductAxis => ({
    extent: x[n]!,
    a: s[n]!,
    b: t[right.batch[i]!]!,
    c: c[i]!,
    parts: [i]
  }))
  const rows = left.free.map((n, i): ProductAxis => ({
    extent: x[n]!,
    a: s[n]!,
    b: 0,
    c: c[first + i]!,
    parts: [first + i]
  }))
  const columns = right.free.map((n, i): ProductAxis => ({
    extent: y[n]!,
    a: 0,
    b: t[n]!,
    c: c[second + i]!,
    parts: [second + i]
  }))
  const depth = left.contract.map((n, i): ProductAxis => ({
    extent: x[n]!,
    a: s[n]!,
    b: t[right.contract[i]!]!,
    c: 0,
    parts: []
  }))
  const m = joined([...rows, ...batch.filter(({ a, b }) => b === 0 && a !== 0)])
  const n = joined([...columns, ...batch.filter(({ a, b }) => a === 0 && b !== 0)])
  const k = joined(depth)
  const rest = joined([...batch.filter(({ a, b }) => (a === 0) === (b === 0)), ...m.slice(0, -1), ...n.slice(0, -1)])
  if (k.length > 1 || rest.length > 1) return undefined
  const none = { extent: 1, a: 0, b: 0, c: 0, parts: [] }
  const [of, row, column, step] = [rest[0] ?? none, m.at(-1) ?? none, n.at(-1) ?? none, k[0] ?? none]
  return {
    batch: of.extent,
    m: row.extent,
    n: column.extent,
    k: step.extent,
    // A stride of an axis of extent 1 means nothing: it is what a row-major matrix would have.
    a: { batch: of.a, row: row.extent === 1 ? step.extent : row.a, column: step.extent === 1 ? 1 : step.a },
    b: {
      batch: of.b,
      row: step.extent === 1 ? column.extent : step.b,
      column: column.extent === 1 ? 1 : column.b
    },
    c: { batch: of.c, row: row.extent === 1 ? column.extent : row.c, column: column.extent === 1 ? 1 : column.c },
    parts: [of.parts, row.parts, column.parts]
  }
}

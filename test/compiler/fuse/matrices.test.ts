/** A contraction as a product of matrices: which elements of its operands each element of the result is a sum over. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Matrices } from '../../../src/compiler/fuse/matrices.ts'
import { matricesOf } from '../../../src/compiler/fuse/matrices.ts'
import type { Shape } from '../../../src/tensor/shape.ts'
import { range, sizeOf, stridesOf } from '../../../src/tensor/shape.ts'

/** An axis of a contraction, and what a step along it is in either operand: 0 where it repeats, or the operand lacks it. */
interface Axis {
  readonly extent: number
  readonly a: number
  readonly b: number
}
interface Axes {
  readonly batch: readonly Axis[]
  readonly rows: readonly Axis[]
  readonly columns: readonly Axis[]
  readonly contracted: readonly Axis[]
}

const axis = fc.record({
  extent: fc.constantFrom(1, 2, 3),
  a: fc.constantFrom(0, 1, 2, 3, 6),
  b: fc.constantFrom(0, 1, 2, 3, 6)
})
const some = fc.array(axis, { maxLength: 2 })
const axes: fc.Arbitrary<Axes> = fc.record({ batch: some, rows: some, columns: some, contracted: some })

/** The operands have batch axes first, then free ones, then contracted ones. */
const product = ({ batch, rows, columns, contracted }: Axes): Matrices | undefined => {
  const [left, right] = [
    [...batch, ...rows, ...contracted],
    [...batch, ...columns, ...contracted]
  ]
  const last = (operand: readonly Axis[]): readonly number[] =>
    range(contracted.length).map((n) => operand.length - contracted.length + n)
  return matricesOf(
    [left.map(({ extent }) => extent), right.map(({ extent }) => extent)],
    [left.map(({ a }) => a), right.map(({ b }) => b)],
    { contract: [last(left), last(right)], batch: [range(batch.length), range(batch.length)] }
  )
}

/** Offsets at every point of some axes, each given as its extent and its step in c, a and b. */
const offsets = (loops: readonly (readonly [number, ...number[]])[]): readonly string[] =>
  loops
    .reduce<readonly (readonly number[])[]>(
      (points, [extent, ...steps]) =>
        points.flatMap((point) => range(extent).map((n) => point.map((offset, i) => offset + n * steps[i]!))),
      [[0, 0, 0]]
    )
    .map((point) => point.join())
    .toSorted()

const ofAxes = ({ batch, rows, columns, contracted }: Axes): readonly string[] => {
  const result: Shape = [...batch, ...rows, ...columns].map(({ extent }) => extent)
  const c = stridesOf(result)
  const steps = [
    ...batch.map(({ a, b }) => [a, b]),
    ...rows.map(({ a }) => [a, 0]),
    ...columns.map(({ b }) => [0, b])
  ] as const
  return offsets([
    ...steps.map(([a, b], i) => [result[i]!, c[i]!, a!, b!] as const),
    ...contracted.map(({ extent, a, b }) => [extent, 0, a, b] as const)
  ])
}

const ofMatrices = ({ batch, m, n, k, a, b, c }: Matrices): readonly string[] =>
  offsets([
    [batch, c.batch, a.batch, b.batch],
    [m, c.row, a.row, 0],
    [n, c.column, 0, b.column],
    [k, 0, a.column, b.row]
  ])

describe('a product of matrices', () => {
  it('adds the same products to the same elements as the contraction', () => {
    fc.assert(
      fc.property(axes, (given) => {
        const found = product(given)
        if (found !== undefined) expect(ofMatrices(found)).toEqual(ofAxes(given))
      }),
      { numRuns: 500 }
    )
  })

  it('is there wherever each of its axes is one axis of the contraction', () => {
    const single = fc.array(axis, { maxLength: 1 })
    fc.assert(
      fc.property(fc.record({ batch: single, rows: single, columns: single, contracted: single }), (given) => {
        // A batch axis that one operand repeats is a further free axis of the other.
        fc.pre(given.batch.every(({ a, b }) => a !== 0 && b !== 0))
        expect(product(given)).toBeDefined()
      })
    )
  })

  it('is the same in whatever order contracted axes are listed', () => {
    const contracted = [
      { extent: 5, a: 6, b: 7 * 6 },
      { extent: 6, a: 1, b: 7 }
    ]
    const given = { batch: [], rows: [{ extent: 4, a: 30, b: 0 }], columns: [{ extent: 7, a: 0, b: 1 }] }
    for (const listed of [contracted, contracted.toReversed()])
      expect(product({ ...given, contracted: listed })).toMatchObject({ batch: 1, m: 4, n: 7, k: 30 })
  })

  it('of a single row has strides as if there were more', () => {
    const [a, b]: [Shape, Shape] = [
      [1, 4],
      [4, 6]
    ]
    const found = matricesOf([a, b], [stridesOf(a), stridesOf(b)], { contract: [[1], [0]], batch: [[], []] })
    expect(found).toMatchObject({ m: 1, a: { row: 4, column: 1 }, c: { row: 6, column: 1 } })
    expect(sizeOf([found!.m, found!.n])).toBe(6)
  })
})

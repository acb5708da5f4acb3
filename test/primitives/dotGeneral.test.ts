import { describe, expect, it } from 'vitest'
import { contract } from '../../src/primitives/reference/contract.ts'
import { o } from '../../src/primitives/vocabulary.ts'
import type { DotAxes } from '../../src/program/vocabulary.ts'
import { range } from '../../src/tensor/shape.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import { at, expectFormula, indicesOf, sample } from '../support/naive.ts'

const matrices: DotAxes = { contract: [[1], [0]], batch: [[], []] }

describe('dotGeneral', () => {
  // Tiles are 64 wide and 256 deep, groups of four: extents on both sides of each.
  it.each([
    [1, 1, 1],
    [4, 4, 4],
    [3, 5, 2],
    [1, 130, 7],
    [67, 1, 300],
    [64, 64, 256],
    [65, 66, 257],
    [2, 3, 600],
    [0, 3, 2],
    [3, 0, 2],
    [3, 2, 0]
  ])('multiplies %i x %i matrices over %i', (height, width, depth) => {
    const [a, b] = [sample([height, depth], 'float32', 1), sample([depth, width], 'float32', 2)]
    const y = o.dotGeneral(a, b, matrices)
    const sum = (i: number, j: number): number =>
      range(depth).reduce((total, k) => total + a.data[i * depth + k]! * b.data[k * width + j]!, 0)
    expectFormula(y, [height, width], sum, 2e-15)
  })

  it('puts batch axes first, then the free axes of a, then those of b', () => {
    const [a, b] = [sample([2, 3, 4, 5, 6], 'float32', 1), sample([6, 7, 4, 2, 3], 'float32', 2)]
    // a [p, q, c, f, d] and b [d, g, c, p, q]: batch q then p, contracted d and c.
    const y = o.dotGeneral(a, b, { contract: [[4, 2], [0, 2]], batch: [[1, 0], [4, 3]] }) // prettier-ignore
    const terms = indicesOf([4, 6])
    expectFormula(
      y,
      [3, 2, 5, 7],
      (q, p, f, g) => terms.reduce((sum, [c, d]) => sum + at(a, [p, q, c!, f, d!]) * at(b, [d!, g, c!, p, q]), 0),
      1e-15
    )
  })

  it('without axes is every product', () => {
    const [a, b] = [sample([3], 'float32', 1), sample([2, 2], 'float32', 2)]
    expectFormula(o.dotGeneral(a, b, { contract: [[], []], batch: [[], []] }), [3, 2, 2], (i, j, k) => at(a, [i]) * at(b, [j, k])) // prettier-ignore
  })

  it('sums float32 in double', () => {
    const x = makeTensor(new Float32Array([1e8, 1, -1e8]))
    const one = makeTensor(new Float32Array([1, 1, 1]))
    expect(o.dotGeneral(x, one, { contract: [[0], [0]], batch: [[], []] }).data).toEqual(new Float32Array([1]))
  })

  it('says which axes do not pair', () => {
    const [a, b] = [sample([2, 3]), sample([4, 5])]
    const given = 'got float32[2, 3] and float32[4, 5] with contract '
    expect(() => o.dotGeneral(a, b, matrices)).toThrow(`paired axes of one extent; ${given}[1] with [0] and batch [] with []`) // prettier-ignore
    expect(() => o.dotGeneral(a, b, { ...matrices, batch: [[1], [1]] })).toThrow('each named once')
    expect(() => o.dotGeneral(a, b, { contract: [[2], [0]], batch: [[], []] })).toThrow('axes of the operands')
    expect(() => o.dotGeneral(a, b, { contract: [[0], []], batch: [[], []] })).toThrow('as many axes')
    expect(() => o.dotGeneral(o.convert(a, 'int32'), o.convert(b, 'int32'), matrices)).toThrow('DTypeMisfit')
  })
})

it('contract adds to what is there where it accumulates', () => {
  const one = Int32Array.of(0)
  const result = new Float64Array([7])
  const factor = { lines: one, depth: Int32Array.of(0, 1) }
  const sum = { left: factor, right: factor, rows: one, columns: one, accumulate: true }
  contract(sum, new Float64Array([1, 2]), 0, new Float32Array([3, 4]), 0, result, 0)
  expect(result[0]).toBe(18)
})

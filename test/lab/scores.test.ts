import { describe, expect, it } from 'vitest'
import { Lab, Random, softmax, tensor } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'

const normal = (seed: number, shape: readonly number[]): Tensor => Random.normal(Random.key(seed), shape)
const shifted = (x: Tensor, by: number): Tensor => tensor(Float64Array.from(x.data, (v) => v + by), x.shape) // prettier-ignore

describe('scores', () => {
  it('know when two sets are one', () => {
    const x = normal(1, [40, 5])
    expect(Lab.frechetDistance(x, x)).toBeLessThan(1e-6)
    expect(Lab.precisionRecall(x, x)).toEqual({ precision: 1, recall: 1 })
    expect(Lab.densityCoverage(x, x).coverage).toBe(1)
    expect(Lab.nearestNeighbours(x, x).every(({ row, distance }, i) => row === i && distance === 0)).toBe(true)
  })

  it.each([
    [40, 5],
    [4, 30]
  ] as const)('move by the square of a shift: %s rows of %s', (n, d) => {
    // prettier-ignore
    const x = normal(2, [n, d])
    expect(Lab.frechetDistance(x, shifted(x, 3))).toBeCloseTo(9 * d, 6)
  })

  it('see features beside each other as nothing in common', () => {
    const [x, y] = [normal(3, [30, 4]), shifted(normal(4, [30, 4]), 100)]
    expect(Lab.precisionRecall(x, y)).toEqual({ precision: 0, recall: 0 })
    expect(Lab.densityCoverage(x, y)).toEqual({ density: 0, coverage: 0 })
  })

  it('find the nearest pairs of many', () => {
    const x = normal(5, [60, 3])
    const all = Array.from({ length: 60 }, (_, i) => i).flatMap((i) =>
      Array.from({ length: i }, (__, j) => Math.hypot(...[0, 1, 2].map((k) => x.data[3 * i + k]! - x.data[3 * j + k]!)))
    )
    const expected = all.toSorted((a, b) => a - b).slice(0, 7)
    const found = Lab.nearestPairs(x, 7)
    expect(found.map(({ distance }) => distance.toFixed(9))).toEqual(expected.map((d) => d.toFixed(9)))
    for (const { rows } of found) expect(rows[0]).toBeLessThan(rows[1])
  })

  it('take the probabilities of a softmax', () => {
    const { mean } = Lab.classifierScore(softmax(normal(6, [50, 10])))
    expect(mean).toBeGreaterThan(1)
    expect(mean).toBeLessThan(10)
  })

  const [x, one] = [tensor([[1, 2], [3, 4]]), tensor([[1, 2]])] // prettier-ignore
  it.each<readonly [string, () => unknown, string]>([
    ['a NaN', () => Lab.frechetDistance(x, tensor([[1, NaN], [1, 1]])), 'finite numbers as fake; got NaN in row 0'], // prettier-ignore
    ['one row', () => Lab.kernelDistance(x, one), 'fake [n, d] of at least 2 rows; got [1, 2]'],
    ['two widths', () => Lab.kernelDistance(x, tensor([[1], [2]])), 'of one width; got [2, 2] and [2, 1]'],
    [
      'logits',
      () => Lab.classifierScore(x),
      'probabilities of at least 0 that sum to 1 in each row; got row 0 with sum 3'
    ],
    ['splits', () => Lab.classifierScore(tensor([[1, 0], [1, 0]]), { splits: 3 }), 'splits that divide 2 rows'], // prettier-ignore
    ['too few rows for k', () => Lab.precisionRecall(x, x, { k: 2 }), 'more than k = 2 rows'],
    ['a misspelt option', () => Lab.densityCoverage(x, x, { K: 2 } as object), 'Did you mean k?'],
    ['labels out of range', () => Lab.labelHistogram(tensor([0, 5], [2], 'int32'), 5), 'labels from 0 to 4; got 5'],
    ['opposite latents', () => Lab.interpolate(one, tensor([[-1, -2]]), 0.5, { path: 'spherical' }), 'two directions'],
    [
      'too many duplicates',
      () => Lab.supportSize({ samples: 3, trials: 2, withDuplicate: 3 }),
      'withDuplicate, at most all'
    ],
    ['an array', () => Lab.frechetDistance([[1]] as unknown as Tensor, x), 'a tensor [n, d] as real']
  ])('refuse %s in words', (_, call, message) => {
    expect(call).toThrow(message)
  })
})

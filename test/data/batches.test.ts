import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batches } from '../../src/data/batches.ts'
import { range } from '../../src/tensor/shape.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'

const rowsWithLabels = (n: number): { x: ReturnType<typeof makeTensor>; label: ReturnType<typeof makeTensor> } => ({
  x: makeTensor(
    range(n).flatMap((i) => [i, 10 * i]),
    [n, 2, 1]
  ),
  label: makeTensor(Int32Array.from(range(n)))
})

const set = fc
  .integer({ min: 1, max: 40 })
  .chain((n) => fc.record({ n: fc.constant(n), batchSize: fc.integer({ min: 1, max: n }), seed: fc.nat() }))

describe('batches', () => {
  it('go through the rows once an epoch, and keep rows together', () => {
    fc.assert(
      fc.property(set, fc.nat(3), ({ n, batchSize, seed }, epoch) => {
        const { at, perEpoch, rows } = batches(rowsWithLabels(n), { batchSize, seed })
        expect([rows, perEpoch]).toEqual([n, Math.floor(n / batchSize)])
        const epochBatches = range(perEpoch).map((i) => at(epoch * perEpoch + i))
        for (const { x, label } of epochBatches) {
          expect([x.shape, label.shape, label.dtype]).toEqual([[batchSize, 2, 1], [batchSize], 'int32'])
          label.data.forEach((row, i) => expect([x.data[2 * i], x.data[2 * i + 1]]).toEqual([row, 10 * row]))
        }
        const seen = epochBatches.flatMap(({ label }) => [...label.data])
        expect(new Set(seen).size).toBe(perEpoch * batchSize)
      })
    )
  })

  it('depend on seed and step alone', () => {
    fc.assert(
      fc.property(set, fc.array(fc.nat(200), { minLength: 1, maxLength: 8 }), ({ n, ...options }, steps) => {
        const used = batches(rowsWithLabels(n), options)
        for (const step of steps) expect(used.at(step)).toEqual(batches(rowsWithLabels(n), options).at(step))
      })
    )
  })

  it('come in another order in every epoch and for every seed', () => {
    const labels = (seed: number, step: number): readonly number[] => [
      ...batches(rowsWithLabels(100), { batchSize: 100, seed }).at(step).label.data
    ]
    const orders = [labels(0, 0), labels(0, 1), labels(0, 2), labels(1, 0), labels(2, 0)].map(String)
    expect(new Set(orders).size).toBe(5)
  })

  it('can be iterated from any step', () => {
    const { at, from } = batches(makeTensor(range(10)), { batchSize: 3, seed: 5 })
    const iterator = from(4)
    for (const step of [4, 5, 6, 7]) expect(iterator.next().value).toEqual(at(step))
    expect(from().next().value).toEqual(at(0))
  })

  it('do not change the data, nor with it', () => {
    const data = makeTensor(range(6))
    const batch = batches(data, { batchSize: 6 }).at(0)
    batch.data.fill(9)
    expect([...data.data]).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('name what does not fit', () => {
    expect(() => batches({ x: makeTensor([1, 2]), y: makeTensor([1]) }, { batchSize: 1 })).toThrow(/2 rows; got 1 at y/)
    expect(() => batches(makeTensor([1, 2]), { batchSize: 3 })).toThrow(/1 to the number of rows, 2; got 3/)
    expect(() => batches(makeTensor(1), { batchSize: 1 })).toThrow(/got none at the root/)
    expect(() => batches({}, { batchSize: 1 })).toThrow(/rows, 0/)
    expect(() => batches(makeTensor([1, 2]), { batchSize: 1 }).at(-1)).toThrow(/got -1/)
    expect(() => batches(makeTensor([1, 2]), { batchSize: [] })).toThrow(
      /at least 1, all together .* rows, 2; got \[\]/
    )
    expect(() => batches(makeTensor([1, 2]), { batchSize: [1, 2] })).toThrow(
      /at most the number of rows, 2; got \[1, 2\]/
    )
    expect(() => batches(makeTensor([1, 2]), { batchSize: [1, 0.5] })).toThrow(/got \[1, 0.5\]/)
  })
})

describe('the order of an epoch', () => {
  it('puts every row anywhere equally often', () => {
    const [n, epochs] = [5, 4000]
    const { at } = batches(makeTensor(range(n)), { batchSize: n, seed: 3 })
    const counts = range(n * n).map(() => 0)
    for (const epoch of range(epochs)) at(epoch).data.forEach((row, place) => (counts[row * n + place]! += 1))
    const sd = Math.sqrt((epochs / n) * (1 - 1 / n))
    for (const count of counts) expect(Math.abs(count - epochs / n)).toBeLessThan(4 * sd)
  })
})

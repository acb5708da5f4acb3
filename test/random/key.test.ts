import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { o } from '../../src/primitives/vocabulary.ts'
import { bits, foldIn, key, keysOf, normal, split, uniform } from '../../src/random/random.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { vmap } from '../../src/transform/vmap.ts'
import { correlation } from './samples.ts'

const hex = (x: Tensor): readonly string[] => Array.from(x.data, (word) => (word >>> 0).toString(16).padStart(8, '0'))
const scalar = (value: number): Tensor => makeTensor(value, [], 'int32')

describe('threefry', () => {
  // kat_vectors of Random123, threefry2x32 with 20 rounds.
  it.each([
    [
      [0, 0],
      [0, 0],
      ['6b200159', '99ba4efe']
    ],
    [
      [-1, -1],
      [-1, -1],
      ['1cb996fc', 'bb002be7']
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      ['c4923a9c', '483df7a0']
    ]
  ] as const)('of key %j and counter %j is the published answer', ([k0, k1], [c0, c1], expected) => {
    const word = (which: 0 | 1) => o.threefry(scalar(k0 | 0), scalar(k1 | 0), scalar(c0 | 0), scalar(c1 | 0), which)
    expect([...hex(word(0)), ...hex(word(1))]).toEqual(expected)
  })
})

describe('key', () => {
  it('keeps the 64 bits of a seed', () => {
    expect(hex(key(0x1_2345_6789))).toEqual(['00000001', '23456789'])
    expect(hex(key(-1))).toEqual(['ffffffff', 'ffffffff'])
    expect(hex(key(Number.MAX_SAFE_INTEGER))).toEqual(['001fffff', 'ffffffff'])
  })

  it('differs for different seeds', () => {
    const seed = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })
    fc.assert(fc.property(seed, seed, (a, b) => (a === b) === (hex(key(a)).join() === hex(key(b)).join())))
  })

  it.each([0.5, NaN, Infinity, 2 ** 53])('refuses the seed %d', (seed) =>
    expect(() => key(seed)).toThrow(/InvalidArgument in key: expected a whole number/)
  )
})

describe('split and foldIn', () => {
  const root = key(42)

  it('give the same keys for ever', () => {
    expect(hex(split(root, 2))).toMatchInlineSnapshot(`
      [
        "03d7b32d",
        "add083f4",
        "44ca21e3",
        "1c35f481",
      ]
    `)
    expect(hex(foldIn(root, 0))).toMatchInlineSnapshot(`
      [
        "92fb20ea",
        "0f38d913",
      ]
    `)
    expect(hex(foldIn(root, -1))).toMatchInlineSnapshot(`
      [
        "5bd7bdd8",
        "f95a2f3c",
      ]
    `)
  })

  it('never give one key twice, whatever was split or folded', () => {
    const all = [
      root,
      ...keysOf(split(root, 100)),
      ...Array.from({ length: 100 }, (_, i) => foldIn(root, i)),
      ...keysOf(split(foldIn(root, 1), 100)),
      ...Array.from({ length: 100 }, (_, i) => foldIn(foldIn(root, 0), i))
    ].map((k) => hex(k).join())
    expect(new Set(all).size).toBe(all.length)
  })

  it('key i of a split does not depend on how many there are', () => {
    expect([...split(root, 2).data]).toEqual([...split(root, 5).data.slice(0, 4)])
    expect(split(root, 0).shape).toEqual([0, 2])
  })

  it('take numbers and traced tensors alike', () => {
    const traced = evaluate((k: Tensor, i: Tensor) => foldIn(k, i))(root, scalar(17))
    expect(hex(traced)).toEqual(hex(foldIn(root, 17)))
    expect(hex(foldIn(root, 2 ** 32 - 1))).toEqual(hex(foldIn(root, -1)))
  })

  it('draw independently of each other, and of their root', () => {
    const n = 20000
    const [a, b] = keysOf(split(root))
    const samples = [root, a!, b!, foldIn(root, 0), foldIn(root, 1), foldIn(a!, 0)].map((k) => uniform(k, [n]).data)
    samples.forEach((x, i) =>
      samples.slice(i + 1).forEach((y) => expect(Math.abs(correlation(x, y))).toBeLessThan(5 / Math.sqrt(n)))
    )
    // Neighbours within a draw.
    expect(Math.abs(correlation(samples[0]!.slice(1), samples[0]!.slice(0, -1)))).toBeLessThan(5 / Math.sqrt(n))
  })

  it('draws of different distributions from one key are independent', () => {
    const n = 20000
    expect(Math.abs(correlation(uniform(root, [n]).data, normal(root, [n]).data))).toBeLessThan(5 / Math.sqrt(n))
    expect(Math.abs(correlation(uniform(root, [n]).data, bits(root, [n]).data))).toBeLessThan(5 / Math.sqrt(n))
  })

  it('work under vmap over keys, as one by one', () => {
    const keys = split(root, 4)
    const together = vmap((k: Tensor) => uniform(foldIn(k, 3), [5]))(keys)
    const apart = keysOf(keys).flatMap((k) => [...uniform(foldIn(k, 3), [5]).data])
    expect([...together.data]).toEqual(apart)
  })

  it('name what does not fit', () => {
    expect(() => split(root, -1)).toThrow(/InvalidArgument in split/)
    expect(() => split(root, 0.5)).toThrow(/InvalidArgument in split/)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { erf } from '../../src/nest/special.ts'
import type { Key } from '../../src/random/random.ts'
import {
  bernoulli,
  bits,
  categorical,
  foldIn,
  key,
  normal,
  permutation,
  rademacher,
  randint,
  split,
  uniform
} from '../../src/random/random.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { grad } from '../../src/transform/grad.ts'
import { vmap } from '../../src/transform/vmap.ts'
import { chiSquared, histogram, kolmogorovSmirnov, ksLimit, moment } from './samples.ts'

const root = key(20140610)
const n = 40000
const gaussian = (x: number): number => (1 + erf(x / Math.SQRT2)) / 2

const draws: Readonly<Record<string, (key: Key, shape: readonly number[]) => Tensor>> = {
  bits,
  uniform,
  'uniform on an interval': (k, shape) => uniform(k, shape, { min: -2, max: 3 }),
  normal,
  rademacher,
  bernoulli: (k, shape) => bernoulli(k, 0.3, shape),
  randint: (k, shape) => randint(k, shape, -5, 1000),
  categorical: (k, shape) => categorical(k, makeTensor([1, 2, 3]), shape)
}

describe.each(Object.entries(draws))('%s', (_, draw) => {
  it('is a function of key and shape', () => {
    expect(draw(root, [3, 2]).shape).toEqual([3, 2])
    expect(draw(root, [6]).data).toEqual(draw(root, [3, 2]).data)
    expect(draw(root, [50]).data).not.toEqual(draw(foldIn(root, 1), [50]).data)
    expect(draw(root, []).shape).toEqual([])
    expect(draw(root, [0, 4]).data.length).toBe(0)
  })

  it('of fewer elements is the beginning of a longer one', () => {
    expect(draw(root, [7]).data).toEqual(draw(root, [20]).data.slice(0, 7))
  })

  it('is the same eagerly, traced, mapped and, to rounding, in float64', () => {
    const eager = [...draw(root, [4, 3]).data]
    expect([...evaluate((k: Tensor) => draw(k, [4, 3]))(root).data]).toEqual(eager)
    const wide = evaluate((k: Tensor) => draw(k, [4, 3]), { precision: 'float64' })(root).data
    wide.forEach((x: number, i: number) => expect(Math.abs(x - eager[i]!)).toBeLessThan(1e-6))
    const keys = split(root, 2)
    const mapped = vmap((k: Tensor) => draw(k, [4, 3]))(keys)
    const second = makeTensor(keys.data.slice(2), [2])
    expect([...mapped.data.slice(12)]).toEqual([...draw(second, [4, 3]).data])
  })
})

describe('draws for ever', () => {
  it('bits', () =>
    expect([...bits(key(1), [4]).data]).toMatchInlineSnapshot(`
    [
      -726734737,
      1384938218,
      -1605391305,
      150810639,
    ]
  `))
  it('uniform', () =>
    expect([...uniform(key(1), [4]).data]).toMatchInlineSnapshot(`
    [
      0.20243525505065918,
      0.16604089736938477,
      0.5300835371017456,
      0.3575695753097534,
    ]
  `))
  it('normal', () =>
    expect([...normal(key(1), [4]).data].map((x) => Number(x.toFixed(5)))).toMatchInlineSnapshot(`
    [
      -0.57589,
      2.38612,
      -1.44801,
      1.22317,
    ]
  `))
  it('rademacher', () =>
    expect([...rademacher(key(1), [8]).data]).toMatchInlineSnapshot(`
    [
      -1,
      1,
      1,
      -1,
      1,
      1,
      1,
      1,
    ]
  `))
  it('randint', () =>
    expect([...randint(key(1), [8], 0, 100).data]).toMatchInlineSnapshot(`
    [
      22,
      15,
      12,
      95,
      66,
      88,
      54,
      34,
    ]
  `))
  it('permutation', () =>
    expect([...permutation(key(1), 8).data]).toMatchInlineSnapshot(`
    [
      1,
      5,
      3,
      2,
      4,
      6,
      0,
      7,
    ]
  `))
})

describe('uniform', () => {
  it('is uniform', () => {
    const { data } = uniform(root, [n])
    expect(kolmogorovSmirnov(data, (x) => x)).toBeLessThan(ksLimit)
    expect(moment(data, 1)).toBeCloseTo(1 / 2, 2)
    expect(moment(data, 2)).toBeCloseTo(1 / 3, 2)
    expect(data.every((x) => x >= 0 && x < 1)).toBe(true)
  })

  it('is the same multiple of 2^-24 in every precision', () => {
    const { data } = uniform(root, [1000])
    const wide = evaluate((k: Tensor) => uniform(k, [1000]), { precision: 'float64' })(root)
    expect(wide.data).toBeInstanceOf(Float64Array)
    expect([...wide.data]).toEqual([...data])
    expect(data.every((x) => Number.isInteger(x * 2 ** 24))).toBe(true)
  })

  it('takes bounds that are tensors', () => {
    const bounds = { min: makeTensor([[0], [10]]), max: makeTensor([[1], [20]]) }
    const { data } = uniform(root, [2, 100], bounds)
    expect(data.slice(0, 100).every((x) => x >= 0 && x <= 1)).toBe(true)
    expect(data.slice(100).every((x) => x >= 10 && x <= 20)).toBe(true)
  })

  it('is min + (max - min) u, each step rounded', () => {
    const u = uniform(root, [20]).data
    const bound = fc.double({ min: -100, max: 100, noNaN: true })
    fc.assert(
      fc.property(bound, bound, (min, max) => {
        const drawn = uniform(root, [20], { min, max }).data
        drawn.forEach((x, i) =>
          expect(x).toBe(Math.fround(Math.fround(u[i]! * Math.fround(max - min)) + Math.fround(min)))
        )
      })
    )
    expect(uniform(root, [200], { min: -1 }).data.some((x) => x < 0)).toBe(true)
    expect(uniform(root, [200], { max: 2 }).data.some((x) => x > 1)).toBe(true)
  })

  it('has derivatives in its bounds', () => {
    const width = grad((max: Tensor) => uniform(root, [], { min: 0, max }))(makeTensor(2))
    expect(width.data[0]).toBe(uniform(root, []).data[0])
  })
})

describe('normal', () => {
  const { data } = normal(root, [n])

  it('is normal', () => {
    expect(kolmogorovSmirnov(data, gaussian)).toBeLessThan(ksLimit)
    const limit = (variance: number): number => 5 * Math.sqrt(variance / n)
    expect(Math.abs(moment(data, 1))).toBeLessThan(limit(1))
    expect(Math.abs(moment(data, 2) - 1)).toBeLessThan(limit(2))
    expect(Math.abs(moment(data, 3))).toBeLessThan(limit(15))
    expect(Math.abs(moment(data, 4) - 3)).toBeLessThan(limit(96))
  })

  it('has the tails of a normal', () => {
    const draws = 4 * n
    const beyond = normal(foldIn(root, 1), [draws]).data.filter((x) => Math.abs(x) > 3).length
    const expected = draws * 2 * (1 - gaussian(3))
    expect(Math.abs(beyond - expected)).toBeLessThan(5 * Math.sqrt(expected))
  })

  it('is finite even at the ends of the unit interval', () => {
    expect(data.every(Number.isFinite)).toBe(true)
    expect(Math.max(...[0, 2 ** -24, 1 - 2 ** -24].map((u) => Math.sqrt(-2 * Math.log1p(-u))))).toBeLessThan(5.77)
  })
})

describe('rademacher', () => {
  it('is -1 or 1, equally often', () => {
    const { data } = rademacher(root, [n])
    expect(moment(data, 2)).toBe(1)
    expect(Math.abs(moment(data, 1))).toBeLessThan(5 / Math.sqrt(n))
  })
})

describe('bernoulli', () => {
  it('is true with its probability', () => {
    const drawn = bernoulli(root, 0.3, [n])
    expect(drawn.dtype).toBe('bool')
    expect(Math.abs(moment(drawn.data, 1) - 0.3)).toBeLessThan(5 * Math.sqrt(0.21 / n))
    expect([...bernoulli(root, makeTensor([0, 1]), [3, 2]).data]).toEqual([0, 1, 0, 1, 0, 1])
  })

  it('compares the uniform draw of the same key', () => {
    const u = uniform(root, [100]).data
    bernoulli(root, 0.4, [100]).data.forEach((x, i) => expect(x === 1).toBe(u[i]! < 0.4))
  })
})

describe('randint', () => {
  it('hits every value equally often', () => {
    const counts = histogram(randint(root, [n], 0, 10).data, 10)
    // 9 degrees of freedom: exceeded once in a million.
    expect(
      chiSquared(
        counts,
        counts.map(() => n / 10)
      )
    ).toBeLessThan(45)
  })

  it('is the floor of u n, exactly, in both precisions', () => {
    for (const span of [1, 3, 1000, 65537, 9999991, 2 ** 24]) {
      const draw = (k: Tensor): Tensor => randint(k, [20000], 0, span)
      const narrow = draw(root).data
      expect([...evaluate(draw, { precision: 'float64' })(root).data]).toEqual([...narrow])
      expect(narrow.every((x) => x >= 0 && x < span)).toBe(true)
    }
  })

  it('spans negative numbers, and a single one', () => {
    expect(new Set(randint(root, [200], -2, 1).data)).toEqual(new Set([-2, -1, 0]))
    expect([...randint(root, [3], 7, 8).data]).toEqual([7, 7, 7])
  })
})

describe('permutation', () => {
  it('holds each number once', () => {
    for (const size of [0, 1, 2, 5, 1000])
      expect([...permutation(root, size).data].toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: size }, (_, i) => i)
      )
  })

  it('takes all orders equally often, traced and mapped', () => {
    const orders = vmap((k: Tensor) => permutation(k, 3))(split(root, 6000)).data
    const index = Array.from({ length: 6000 }, (_, i) => ['012', '021', '102', '120', '201', '210'].indexOf(orders.slice(3 * i, 3 * i + 3).join(''))) // prettier-ignore
    // 5 degrees of freedom: exceeded once in a million.
    expect(chiSquared(histogram(index, 6), new Array<number>(6).fill(1000))).toBeLessThan(36)
  })
})

describe('categorical', () => {
  it('draws in proportion to the weights', () => {
    const weights = [1, 0, 2, 5, 0]
    const counts = histogram(categorical(root, makeTensor(weights), [n]).data, 5)
    expect(counts[1]).toBe(0)
    expect(counts[4]).toBe(0)
    const present = [0, 2, 3]
    // 2 degrees of freedom: exceeded once in a million.
    expect(chiSquared(present.map((i) => counts[i]!), present.map((i) => (n * weights[i]!) / 8))).toBeLessThan(28) // prettier-ignore
  })
})

/** Studies: tables of runs, by hand and by laws. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Study } from '../../src/index.ts'

const js = (x: unknown): any => x
const rows = (xs: readonly number[], ys: readonly number[]) => xs.map((x, i) => ({ x, y: ys[i]! }))

describe('arms', () => {
  it('are each with each seed, in an order that has whole seeds first', () => {
    const found = Study.arms({ a: 1, b: 2 }, [7, 3])
    expect(found.map(({ arm, seed, spec }) => [arm, seed, spec])).toEqual([
      ['a', 7, 1],
      ['b', 7, 2],
      ['a', 3, 1],
      ['b', 3, 2]
    ])
  })
  it.each([
    [{}, [1]],
    [3, [1]],
    [{ a: 1 }, []],
    [{ a: 1 }, [1, 1]],
    [{ a: 1 }, [0.5]],
    [{ a: 1 }, 3]
  ])('%j over %j are refused', (specs, seeds) => {
    expect(() => Study.arms(js(specs), js(seeds))).toThrow('InvalidArgument in Study.arms')
  })
})

describe('a summary', () => {
  it('is of each arm alone', () => {
    const table = [
      { arm: 'plain', score: 2 },
      { arm: 'clamped', score: 10 },
      { arm: 'plain', score: 4 },
      { arm: 'plain', score: 9 }
    ]
    expect(Study.summarize(table, 'score')).toEqual([
      { arm: 'plain', runs: 3, mean: 5, standardError: Math.sqrt(13 / 3), least: 2, greatest: 9 },
      { arm: 'clamped', runs: 1, mean: 10, standardError: NaN, least: 10, greatest: 10 }
    ])
  })
  it('refuses what is no number, with its row', () => {
    expect(() => Study.summarize([{ arm: 'a', score: 1 }, { arm: 'a' }], 'score')).toThrow('undefined in row 1')
    expect(() => Study.summarize([{ score: NaN }], 'score')).toThrow('NaN in row 0')
    expect(() => Study.column([], 'score')).toThrow('at least one row')
  })
})

describe('differences', () => {
  const row = (arm: string, seed: number, score: number) => ({ arm, seed, score })
  it('are paired by seed, of the seeds that both arms have', () => {
    const table = [row('plain', 0, 5), row('a', 1, 20), row('plain', 1, 10), row('a', 0, 7), row('a', 2, 99), row('b', 0, 4), row('c', 9, 1)] // prettier-ignore
    expect(Study.differences(table, 'score', 'plain')).toEqual([
      // 2 and 10: mean 6, deviation 32 over 1, over 2 pairs.
      { arm: 'a', pairs: 2, mean: 6, standardError: 4 },
      { arm: 'b', pairs: 1, mean: -1, standardError: NaN }
    ])
  })
  it('do not see what a seed does to all arms', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 2, maxLength: 6 }),
        fc.integer({ min: -9, max: 9 }),
        (effects, change) => {
          const table = effects.flatMap((effect, seed) => [row('plain', seed, effect), row('a', seed, effect + change)])
          expect(Study.differences(table, 'score', 'plain')).toEqual([{ arm: 'a', pairs: effects.length, mean: change, standardError: 0 }]) // prettier-ignore
        }
      )
    )
  })
  it('refuse a baseline that is absent, and a seed that comes twice', () => {
    expect(() => Study.differences([row('a', 0, 1)], 'score', 'plain')).toThrow('rows of the arm "plain"; got none')
    expect(() => Study.differences([row('plain', 0, 1), row('plain', 0, 2)], 'score', 'plain')).toThrow(
      'each seed once'
    )
  })
})

describe('a correlation', () => {
  it('is that of hand: Pearson of numbers, Spearman of ranks with ties shared', () => {
    // Deviations -1, 0, 1 and -2, 1, 1: 3 / sqrt(2 * 6).
    const table = rows([1, 2, 3], [0, 3, 3])
    expect(Study.correlation(table, 'x', 'y', { kind: 'pearson' }).correlation).toBeCloseTo(3 / Math.sqrt(12), 12)
    // Ranks -1, 0, 1 and -1, 0.5, 0.5: 1.5 / sqrt(2 * 1.5).
    expect(Study.correlation(table, 'x', 'y').correlation).toBeCloseTo(1.5 / Math.sqrt(3), 12)
  })
  it('of ranks takes infinite numbers, and minds no monotone change', () => {
    const finite = fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 4, maxLength: 12 })
    fc.assert(
      fc.property(finite, (ys) => {
        const xs = ys.map((_, i) => (i * 11) % 13)
        const of = (f: (y: number) => number) =>
          Study.correlation(rows(xs, ys.map(f)), 'x', 'y', { resamples: 50 }).correlation // prettier-ignore
        const plain = of((y) => y)
        expect(Math.abs(plain)).toBeLessThanOrEqual(1 + 1e-12)
        expect(of((y) => Math.exp(y / 10))).toBeCloseTo(plain, 12)
        expect(of((y) => -y)).toBeCloseTo(-plain, 12)
        expect(of((y) => (y === Math.max(...ys) ? Infinity : y))).toBeCloseTo(plain, 12)
      }),
      { numRuns: 30 }
    )
  })
  it('has an interval around it that more rows make narrow, the same by seed', () => {
    const of = (n: number, options = {}) => {
      const xs = Array.from({ length: n }, (_, i) => Math.sin(i * 12.9898))
      return Study.correlation(rows(xs, xs.map((x, i) => x + Math.cos(i * 78.233))), 'x', 'y', options) // prettier-ignore
    }
    const [few, many] = [of(12), of(200)]
    const width = ({ interval: [low, high] }: Study.Correlation) => high - low
    expect(width(many)).toBeLessThan(width(few) / 2)
    for (const { correlation, interval } of [few, many]) {
      expect(interval[0]).toBeLessThan(correlation)
      expect(interval[1]).toBeGreaterThan(correlation)
    }
    expect(of(12)).toEqual(few)
    expect(width(of(200, { level: 0.5 }))).toBeLessThan(width(many))
  })
  it('of few rows, or of a column that stays, is refused', () => {
    expect(() => Study.correlation(rows([1, 2], [1, 2]), 'x', 'y')).toThrow('at least 3 rows')
    expect(() => Study.correlation(rows([1, 2, 3], [1, 1, 1]), 'x', 'y')).toThrow('both columns vary')
    expect(() => Study.correlation(rows([1, 2, 3], [1, 2, 3]), 'x', 'z')).toThrow('the column "z"')
  })
})

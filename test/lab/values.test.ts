/** Figures of the lab by hand: what each comes to where its formula is a line of arithmetic. */
import { describe, expect, it } from 'vitest'
import { Lab, evaluate, matmul, reshape, tensor } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'

const column = (...values: readonly number[]): Tensor => tensor(Float64Array.from(values), [values.length, 1])
const rows = (width: number, ...values: readonly number[]): Tensor =>
  tensor(Float64Array.from(values), [values.length / width, width])
const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length
const sd = (xs: readonly number[]): number =>
  Math.sqrt(xs.reduce((sum, x) => sum + (x - mean(xs)) ** 2, 0) / (xs.length - 1))

describe('the Fréchet distance', () => {
  const [a, b] = [
    [1, 2, 4, 9],
    [0, 5, 6]
  ]
  it('is (m1 - m2)² + (s1 - s2)² in one dimension', () => {
    const expected = (mean(a) - mean(b)) ** 2 + (sd(a) - sd(b)) ** 2
    expect(Lab.frechetDistance(column(...a), column(...b))).toBeCloseTo(expected, 12)
  })
  it('adds up over dimensions that do not covary', () => {
    // The four corners of a rectangle: covariance diag(4/3 h²).
    const corners = (x: number, y: number): Tensor => rows(2, x, y, x, -y, -x, y, -x, -y)
    const root = Math.sqrt(4 / 3)
    expect(Lab.frechetDistance(corners(1, 5), corners(3, 2))).toBeCloseTo((2 * root) ** 2 + (3 * root) ** 2, 12)
  })
  it('sees covariances that are turned against each other', () => {
    const [along, across] = [rows(2, 1, 1, -1, -1, 0, 0), rows(2, 1, -1, -1, 1, 0, 0)]
    // Each has variance 2 along its diagonal, none beside it: nothing in common.
    expect(Lab.frechetDistance(along, across)).toBeCloseTo(4, 12)
    expect(Lab.frechetDistance(along, along)).toBeCloseTo(0, 12)
  })
})

describe('the Fréchet distance of data from themselves, doubled', () => {
  it('is their variance in all, however they covary', () => {
    const x = rows(3, 1, 2, 0, 4, 1, -1, 0, 3, 5, 2, 2, 2, -3, 1, 0)
    const columns = [0, 1, 2].map((j) => [...x.data].filter((_, i) => i % 3 === j))
    const middle = columns.map(mean)
    const doubled = rows(3, ...[...x.data].map((value, i) => 2 * value - middle[i % 3]!))
    const variance = columns.reduce((sum, values) => sum + sd(values) ** 2, 0)
    expect(Lab.frechetDistance(x, doubled)).toBeCloseTo(variance, 10)
  })
})

describe('the kernel distance', () => {
  it('is the unbiased sum over pairs of (x y / d + 1)³', () => {
    const k = (x: number, y: number): number => (x * y + 1) ** 3
    const expected = k(1, 2) + (k(0, 3) + k(0, 4) + k(3, 4)) / 3 - (k(1, 0) + k(1, 3) + k(1, 4) + k(2, 0) + k(2, 3) + k(2, 4)) / 3 // prettier-ignore
    expect(Lab.kernelDistance(column(1, 2), column(0, 3, 4))).toBeCloseTo(expected, 9)
    const turned = (k(0, 3) + k(0, 4) + k(3, 4)) / 3 + k(1, 2) - (k(1, 0) + k(1, 3) + k(1, 4) + k(2, 0) + k(2, 3) + k(2, 4)) / 3 // prettier-ignore
    expect(Lab.kernelDistance(column(0, 3, 4), column(1, 2))).toBeCloseTo(turned, 9)
    expect(Lab.kernelDistance(rows(2, 1, 0, 2, 0), rows(2, 0, 0, 3, 0, 4, 0))).not.toBeCloseTo(expected, 1)
  })
})

describe('surroundings', () => {
  const [real, fake] = [column(0, 1, 3, 7), column(0.5, 2, 2.25, 20)]
  it('of precision and recall reach to the k-th neighbour, ends included', () => {
    // Radii of the reals 1, 1, 2, 4, of the fakes 1.5, 0.25, 0.25, 17.75.
    expect(Lab.precisionRecall(real, fake, { k: 1 })).toEqual({ precision: 0.75, recall: 1 })
    expect(Lab.precisionRecall(fake, real, { k: 1 })).toEqual({ precision: 1, recall: 0.75 })
    expect(Lab.precisionRecall(column(0, 10), column(20, 25), { k: 1 }).precision).toBe(0.5)
  })
  it('of density and coverage leave their ends out', () => {
    // Fakes within the reals' radii: 0.5 | 0.5 | 2, 2.25 | none.
    expect(Lab.densityCoverage(real, fake, { k: 1 })).toEqual({ density: 1, coverage: 0.75 })
    expect(Lab.densityCoverage(column(0, 10), column(20, 20), { k: 1 })).toEqual({ density: 0, coverage: 0 })
  })
  it('take the third and fifth neighbour where nothing is said', () => {
    expect(Lab.precisionRecall(real, fake)).toEqual(Lab.precisionRecall(real, fake, { k: 3 }))
    const many = column(0, 1, 2, 3, 5, 8, 13)
    expect(Lab.densityCoverage(many, fake)).toEqual(Lab.densityCoverage(many, fake, { k: 5 }))
  })
})

describe('the classifier score', () => {
  const sharp = rows(2, 1, 0, 0, 1, 1, 0, 1, 0)
  it('is exp of the mean divergence from the mean, by contiguous parts', () => {
    const { scores, mean: whole, deviation } = Lab.classifierScore(sharp, { splits: 2 })
    expect(scores).toEqual([2, 1])
    expect([whole, deviation]).toEqual([1.5, 0.5])
    const p = [0.75, 0.25]
    expect(Lab.classifierScore(sharp).mean).toBeCloseTo(Math.exp(-p.reduce((h, q) => h + q * Math.log(q), 0)), 12)
  })
  it('lets probabilities be off by the rounding of a softmax, and no more', () => {
    expect(() => Lab.classifierScore(rows(2, 0.5, 0.5005, 1, 0))).not.toThrow()
    expect(() => Lab.classifierScore(rows(2, 0.5, 0.502, 1, 0))).toThrow('sum to 1')
    expect(() => Lab.classifierScore(rows(2, 1.5, -0.5, 1, 0))).toThrow('of at least 0')
  })
})

describe('histograms', () => {
  it('of probabilities count the first largest of each row', () => {
    const found = Lab.classHistogram(rows(3, 0.1, 0.7, 0.2, 0.4, 0.2, 0.4, 0.1, 0.1, 0.8, 0.1, 0.2, 0.7))
    expect(found).toEqual({ counts: [1, 1, 2], leastCount: 1, leastClass: 0, missing: 0, entropy: 1.5 * Math.log(2) })
  })
  it('of labels know classes that never came', () => {
    const found = Lab.labelHistogram(tensor([2, 0, 2], [3], 'int32'), 4)
    expect(found).toMatchObject({ counts: [1, 0, 2, 0], leastCount: 0, leastClass: 1, missing: 2 })
    expect(found.entropy).toBeCloseTo(Math.log(3) - (2 / 3) * Math.log(2), 12)
    expect(() => Lab.labelHistogram(tensor([0], [1], 'int32'), 1e6 + 1)).toThrow('a million')
    expect(() => Lab.labelHistogram(tensor([[0]], [1, 1], 'int32'), 1)).toThrow('labels [n]')
  })
})

describe('the birthday paradox', () => {
  it('is a product', () => {
    expect(Lab.collisionProbability({ support: 4, samples: 3 })).toBeCloseTo(1 - (3 / 4) * (2 / 4), 12)
    expect(Lab.collisionProbability({ support: 4, samples: 1 })).toBeCloseTo(0, 12)
    expect(Lab.collisionProbability({ support: 4, samples: 5 })).toBe(1)
  })
  it.each([1, 2, 3, 10, 365, 5000])('has the least number of draws for a half: %s', (support) => {
    const samples = Lab.samplesForCollision(support)
    expect(Lab.collisionProbability({ support, samples })).toBeGreaterThanOrEqual(0.5)
    expect(Lab.collisionProbability({ support, samples: samples - 1 })).toBeLessThan(0.5)
  })
  it('goes on by the approximation where it would count for long', () => {
    expect(Math.abs(Lab.samplesForCollision(1e12 + 1) - Lab.samplesForCollision(1e12))).toBeLessThanOrEqual(1)
  })
  it('estimates a support in three ways', () => {
    expect(Lab.supportSize({ samples: 10, pairs: 3 })).toBe(15)
    expect(Lab.supportSize({ samples: 10, pairs: 0 })).toBe(Infinity)
    expect(Lab.supportSize({ samples: 10, trials: 4, withDuplicate: 1 })).toBeCloseTo(45 / Math.log(4 / 3), 9)
    expect(Lab.supportSize({ samples: 10, trials: 4, withDuplicate: 4 })).toBeCloseTo(0, 12)
    expect(Lab.supportSize({ samples: 10 })).toBeCloseTo(50 / Math.log(2), 9)
    expect(() => Lab.supportSize({ samples: 1 })).toThrow('at least 2')
  })
})

describe('paths', () => {
  const [z0, z1] = [rows(2, 3, 0, 1, 1), rows(2, 0, 4, 1, -1)]
  it('are straight, or keep to the circle, and move as their velocity says', () => {
    const h = 1e-6
    for (const path of ['linear', 'spherical'] as const) {
      const at = (t: number): Lab.PathPoints => Lab.interpolate(z0, z1, t, { path })
      expect([...at(0).z.data].map((x) => x + 0)).toEqual([...z0.data])
      for (const [i, x] of at(1).z.data.entries()) expect(x).toBeCloseTo(z1.data[i]!, 12)
      const [before, after] = [at(0.3 - h).z.data, at(0.3 + h).z.data]
      at(0.3).velocity.data.forEach((v, i) => expect(v).toBeCloseTo((after[i]! - before[i]!) / (2 * h), 6))
    }
    expect([...Lab.interpolate(z0, z1, 0.5).z.data]).toEqual([1.5, 2, 1, 0])
    const halfway = Lab.interpolate(z0, z1, 0.5, { path: 'spherical' }).z.data
    expect(Math.hypot(halfway[2]!, halfway[3]!)).toBeCloseTo(Math.SQRT2, 12)
  })
  it('take a time for each row', () => {
    expect([...Lab.interpolate(z0, z1, column(0, 1)).z.data]).toEqual([3, 0, 1, -1])
    expect(() => Lab.interpolate(z0, z1, column(0, 1, 1))).toThrow('a t for each row')
    expect(() => Lab.interpolate(z0, z1, '1' as unknown as number)).toThrow('t as a number or a tensor')
  })
  it('have squared speeds by row, and steps between neighbours', () => {
    const w = rows(3, 1, 0, 2, 0, 1, 0)
    const G = (z: Tensor): Tensor => reshape(matmul(z, w), [2, 1, 3])
    const speeds = evaluate(Lab.pathSpeeds(G), { precision: 'float64' })(z0, rows(2, 1, 0, 2, 3))
    expect([...speeds.data]).toEqual([5, 29])
    const images = tensor(Float64Array.from([0, 0, 1, 0, 3, 4, 1, 6, 3, 4, 1, 8]), [3, 2, 2])
    const steps = evaluate(Lab.stepLengths, { precision: 'float64' })(images)
    expect([steps.shape, [...steps.data]]).toEqual([[2, 2], [5, 6, 0, 2]]) // prettier-ignore
    expect([...evaluate(Lab.unevenness, { precision: 'float64' })(images).data]).toEqual([2, 1.5])
    expect([...Lab.unevenness(tensor([3, 3, 3], [3, 1, 1])).data]).toEqual([1])
    expect(() => Lab.stepLengths(tensor([[[1]]]))).toThrow('at least one step')
    expect(() => Lab.stepLengths(tensor([[1], [2]]))).toThrow('[steps + 1, n, ...]') // prettier-ignore
  })
})

describe('conditioning', () => {
  it('sums up singular values', () => {
    const found = Lab.conditioningOf(rows(2, 0, 3, 1, 0, 0, 0))
    expect(found.singularValues).toEqual([3, 1])
    expect(found.logCondition).toBeCloseTo(2 * Math.log(3), 12)
    expect(found.logDeterminant).toBeCloseTo(2 * Math.log(3), 12)
    expect(found.effectiveRank).toBeCloseTo(Math.exp(0.75 * Math.log(4 / 3) + 0.25 * Math.log(4)), 12)
  })
  it('has mean and spread over latents', () => {
    const diagonals = [1, 1, 4, 1].flatMap((a, i, all) => (i % 2 === 0 ? [a, 0, 0, all[i + 1]!] : []))
    const found = Lab.averageSpectrum(tensor(Float64Array.from(diagonals), [2, 2, 2]))
    expect(found.singularValues).toEqual([2.5, 1])
    expect(found.meanOfSingularValues).toEqual([2.5, 1])
    expect(found.meanLogCondition).toBeCloseTo(Math.log(4), 12)
    expect(found.deviationLogCondition).toBeCloseTo(Math.log(4), 12)
  })
})

describe('neighbours', () => {
  it('take the first of equal distances', () => {
    expect(Lab.nearestNeighbours(column(1), column(0, 2))).toEqual([{ row: 0, distance: 1 }])
  })
  it('are as many pairs as there are, at most', () => {
    expect(Lab.nearestPairs(column(0, 1, 3))).toEqual([
      { rows: [0, 1], distance: 1 },
      { rows: [1, 2], distance: 2 },
      { rows: [0, 2], distance: 3 }
    ])
  })
})

describe('what cannot be measured', () => {
  const bad = rows(2, NaN, 1, 2, 3)
  const good = rows(2, 1, 1, 2, 3)
  const calls: Readonly<Record<string, () => unknown>> = {
    frechetDistance: () => Lab.frechetDistance(good, bad),
    kernelDistance: () => Lab.kernelDistance(bad, good),
    precisionRecall: () => Lab.precisionRecall(bad, good),
    densityCoverage: () => Lab.densityCoverage(good, bad),
    classifierScore: () => Lab.classifierScore(bad),
    classHistogram: () => Lab.classHistogram(bad),
    nearestNeighbours: () => Lab.nearestNeighbours(bad, good),
    nearestPairs: () => Lab.nearestPairs(bad),
    conditioningOf: () => Lab.conditioningOf(bad),
    averageSpectrum: () => Lab.averageSpectrum(bad),
    interpolate: () => Lab.interpolate(good, bad, 0.5)
  }
  it.each(Object.entries(calls))('is refused by name: %s', (name, call) => {
    expect(call).toThrow(`InvalidArgument in ${name}: expected finite numbers`)
    expect(call).toThrow('NaN in row 0')
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { klToUniform, modeCoverage } from '../../src/lab/modes.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'

const square = {
  centres: makeTensor([
    [0, 0],
    [4, 0],
    [0, 4],
    [4, 4]
  ]),
  sd: 0.5
}

describe('modeCoverage', () => {
  it('counts a sample of high quality up to, not at, three standard deviations', () => {
    const samples = makeTensor([
      [1.5, 0],
      [1.49, 0],
      [0, -1.49],
      [1.1, 1.1]
    ])
    expect(modeCoverage(samples, square)).toEqual({
      captured: 1,
      modes: 4,
      highQuality: 0.5,
      reverseKl: Math.log(4),
      counts: [2, 0, 0, 0]
    })
  })

  it('is perfect on the centres themselves', () => {
    expect(modeCoverage(square.centres, square)).toEqual({
      captured: 4,
      modes: 4,
      highQuality: 1,
      reverseKl: 0,
      counts: [1, 1, 1, 1]
    })
  })

  it('has the divergence of counts 3 to 1 worked by hand', () => {
    const samples = makeTensor([
      [0, 0],
      [0, 0.1],
      [0.1, 0],
      [4, 4],
      [2, 2]
    ])
    const found = modeCoverage(samples, square)
    expect(found.highQuality).toBe(0.8)
    expect(found.captured).toBe(2)
    // 3/4 log(3/4 * 4) + 1/4 log(1/4 * 4)
    expect(found.reverseKl).toBeCloseTo(0.75 * Math.log(3), 14)
  })

  it('counts samples that are far away or not numbers as low quality', () => {
    const found = modeCoverage(
      makeTensor([
        [NaN, 0],
        [Infinity, 0],
        [2, 2]
      ]),
      square
    )
    expect(found).toEqual({ captured: 0, modes: 4, highQuality: 0, reverseKl: NaN, counts: [0, 0, 0, 0] })
  })

  it('works in any dimension', () => {
    const line = { centres: makeTensor([[0], [4]]), sd: 0.1 }
    expect(modeCoverage(makeTensor([[0.1], [4.2], [4.4]]), line).counts).toEqual([1, 1])
  })

  it('names shapes that do not fit', () => {
    expect(() => modeCoverage(makeTensor([[1, 2, 3]]), square)).toThrow(/samples \[1, 3\] and centres \[4, 2\]/)
  })
})

describe('klToUniform', () => {
  it('lies between 0 and log n, and is 0 for equal counts alone', () => {
    const counts = fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 }).filter((xs) => xs.some((x) => x > 0))
    fc.assert(
      fc.property(counts, (xs) => {
        const kl = klToUniform(xs)
        expect(kl).toBeGreaterThanOrEqual(-1e-12)
        expect(kl).toBeLessThanOrEqual(Math.log(xs.length) + 1e-12)
        expect(kl < 1e-9).toBe(xs.every((x) => x === xs[0]))
      })
    )
  })

  it('does not depend on order or scale', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1 }), (xs) => {
        expect(klToUniform(xs.toReversed().map((x) => 3 * x))).toBeCloseTo(klToUniform(xs), 12)
      })
    )
  })
})

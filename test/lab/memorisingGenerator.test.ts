import { describe, expect, it } from 'vitest'
import { memorise } from '../../examples/memorisingGenerator.ts'

describe('the generator that memorises', () => {
  it('learns its pairs, and is looked at where it learnt them and elsewhere', async () => {
    const lines: string[] = []
    const options = { steps: 80, examples: 48, size: 8, latents: 8, width: 4, batchSize: 16, samples: 40 }
    const { errors, untrained, learnt, others } = await memorise({ ...options, tell: (line) => lines.push(line) })
    expect(errors[1]).toBeLessThan(0.5 * errors[0])
    for (const [{ histogram, classifierScore, spectrum }, count] of [
      [untrained, 40],
      [learnt, 40],
      [others, 40]
    ] as const) {
      expect(histogram.counts.reduce((a, b) => a + b, 0)).toBe(count)
      expect(classifierScore).toBeGreaterThanOrEqual(1)
      expect(spectrum.each).toHaveLength(8)
      expect(Number.isFinite(spectrum.meanLogCondition)).toBe(true)
    }
    expect(lines).toHaveLength(5)
  })
})

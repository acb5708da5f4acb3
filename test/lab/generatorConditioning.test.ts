/** The study of the examples, in small: random images of two kinds, a few steps. */
import { describe, expect, it } from 'vitest'
import { study, told } from '../../examples/generatorConditioning.ts'
import { Random, tensor } from '../../src/index.ts'

describe('the study of generator conditioning', () => {
  it('has a row a run, figures that are numbers, and measurements at each look', async () => {
    const noise = Random.uniform(Random.key(0), [60, 1, 8, 8])
    const images = tensor(noise.data.map((x, i) => (Math.floor(i / 64) % 2 === 0 ? x : -x)), [60, 1, 8, 8]) // prettier-ignore
    const labels = tensor(Array.from({ length: 60 }, (_, i) => i % 2), [60], 'int32') // prettier-ignore
    const lines: string[] = []
    const { table, measured } = await study({
      images,
      labels,
      classes: 2,
      steps: 4,
      seeds: [0],
      width: 4,
      batchSize: 8,
      looks: 2,
      samples: 20,
      epochs: 2,
      tell: (line) => lines.push(line)
    })
    expect(table.map(({ arm }) => arm)).toEqual(['plain', 'clamped 1..20', 'log condition'])
    for (const run of table) {
      expect(run.classifierScore).toBeGreaterThanOrEqual(1)
      expect(run.frechetDistance).toBeGreaterThan(0)
      expect(run.leastOf360).toBeLessThanOrEqual(180)
      expect(measured[`${run.arm}, seed 0`]!.map(({ step }) => step)).toEqual([0, 0, 0, 2, 2, 2, 4, 4, 4])
    }
    expect(lines).toHaveLength(4)
    expect(told(table)).toContain('logCondition, plain: ')
  })
})

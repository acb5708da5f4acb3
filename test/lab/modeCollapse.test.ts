import { describe, expect, it } from 'vitest'
import type { Run } from '../../examples/modeCollapse.ts'
import { study, told } from '../../examples/modeCollapse.ts'
import { Engine } from '../../src/index.ts'

const options = { steps: 2, seeds: [3], width: 4, batchSize: 8, engine: Engine.reference() }

describe('the study of mode collapse', () => {
  it('has a row for each preset on each toy, and does no run twice', async () => {
    const runs: Run[] = []
    const table = await study({ ...options, tell: (run) => runs.push(run) })
    expect(runs).toEqual(table)
    expect(table).toHaveLength(16)
    for (const { toy, seed, steps, modes, highQuality, reverseKl } of table) {
      expect([seed, steps]).toEqual([3, 2])
      expect(modes).toBeLessThanOrEqual(toy === 'ring of 8' ? 8 : 25)
      expect(highQuality).toBeLessThanOrEqual(100)
      expect(reverseKl).toBeLessThanOrEqual(Math.log(25))
    }
    const again: Run[] = []
    expect(await study({ ...options, done: table, tell: (run) => again.push(run) })).toEqual(table)
    expect(again).toEqual([])
    const text = told(table)
    for (const { arm } of table) expect(text.split(`| ${arm} |`)).toHaveLength(3)
  })
})

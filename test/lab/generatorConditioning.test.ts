/** The study of the examples, in small: random images of two kinds, a few steps. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { study } from '../../examples/generatorConditioning.ts'
import { pageOf, tableOf } from '../../examples/generatorConditioningPage.ts'
import type { Results } from '../../examples/generatorConditioningPage.ts'
import { Figure } from '../../src/figures.ts'
import { Random, tensor } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'

const noise = Random.uniform(Random.key(0), [60, 1, 8, 8])
const small = {
  images: tensor(noise.data.map((x, i) => (Math.floor(i / 64) % 2 === 0 ? x : -x)), [60, 1, 8, 8]), // prettier-ignore
  labels: tensor(Array.from({ length: 60 }, (_, i) => i % 2), [60], 'int32'), // prettier-ignore
  steps: 4,
  seeds: [0],
  width: 4,
  batchSize: 8,
  looks: 2,
  samples: 20,
  epochs: 2
}
const arms = ['plain', 'clamped 1..20', 'clamped as calibrated', 'log condition']

describe('the study of generator conditioning', () => {
  let out = ''
  let whole: Results
  const lines: string[] = []
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'conditioning-'))
    whole = await study({ ...small, out: join(out, 'whole'), tell: (line) => lines.push(line) })
  })
  afterAll(() => rm(out, { recursive: true }))

  it('has what was measured of each run, in numbers', () => {
    expect(whole.runs.map(({ arm, seed, ended }) => [arm, seed, ended])).toEqual(arms.map((arm) => [arm, 0, true]))
    for (const { measurements } of whole.runs) {
      const of = (name: string) => measurements.filter(({ probe }) => probe === name)
      for (const name of ['conditioning', 'scores', 'published', 'calibrated'])
        expect(of(name).map(({ step }) => step)).toEqual([0, 2, 4])
      for (const { figures } of of('scores')) {
        expect(figures['classifierScore']).toBeGreaterThanOrEqual(1)
        expect(figures['frechetDistance']).toBeGreaterThan(0)
      }
      for (const { figures } of of('conditioning')) {
        expect((figures['singularValues'] as Tensor).shape).toEqual([8, 4])
        expect((figures['logConditions'] as Tensor).shape).toEqual([8])
      }
      const { counts } = of('classes of 360').at(-1)!.figures
      expect(Array.from((counts as Tensor).data).reduce((sum, n) => sum + n, 0)).toBe(360)
    }
    // All arms begin at the same parameters.
    expect(new Set(whole.runs.map(({ measurements: [first] }) => first!.figures['logCondition'])).size).toBe(1)
    expect(lines).toHaveLength(6)
    expect(lines.slice(2).map((line) => line.split(', ')[0])).toEqual([1, 2, 3, 4].map((i) => `run ${i} of 4`))
    expect(tableOf(whole)).toHaveLength(4)
    for (const row of tableOf(whole)) expect(Object.values(row).filter(Number.isNaN)).toEqual([])
    expect(whole.runs.map(({ pictures: { samples, most } }) => [samples?.shape, most?.shape])).toEqual(
      arms.map(() => [
        [11, 1, 8, 8],
        [11, 1, 8, 8]
      ])
    )
  })

  it('comes to the same when it is ended in a run and begun again, and does nothing twice', async () => {
    const broken = join(out, 'broken')
    // Ends in the second run, once its state of step 2 is kept.
    const signal = {
      get aborted() {
        return existsSync(join(broken, 'clamped-1-20-0/checkpoints/step-000000002.safetensors'))
      }
    }
    const part = await study({ ...small, out: broken, signal })
    expect(part.runs.map(({ arm, ended }) => [arm, ended])).toEqual([[arms[0], true], [arms[1], false]]) // prettier-ignore
    const again = await study({ ...small, out: broken })
    expect(again).toEqual(whole)
    expect(await study({ ...small, out: broken })).toEqual(whole)
  })

  it('refuses to go on with what is another study', async () => {
    await expect(study({ ...small, batchSize: 10, out: join(out, 'whole') })).rejects.toThrow('batchSize')
  })

  it('is drawn of what was measured alone, whatever runs there are', () => {
    const { figures, tables } = pageOf(whole)
    const html = Figure.page(pageOf(whole))
    for (const { name, svg, caption } of figures) {
      expect(html).toContain(`<figure id="${name}">${svg}`)
      expect(caption).toMatch(/[.?]$/)
    }
    expect(html).not.toMatch(/(src|href)="(?!data:)/)
    expect(html).toContain('4 of 4 runs that were begun have come to their end')
    expect(tables.map(({ rows }) => rows.length)).toEqual([4, 3, tables[2]!.rows.length])
    expect(tables[0]!.rows.map(([arm, runs]) => [arm, runs])).toEqual(arms.map((arm) => [arm, '1']))
    const underWay = whole.runs.slice(1, 3).map((run) => ({ ...run, ended: false }))
    for (const runs of [[], underWay, whole.runs.slice(1, 2)])
      expect(Figure.page(pageOf({ ...whole, runs }))).toContain(`of ${String(runs.length)} runs`)
  })
})

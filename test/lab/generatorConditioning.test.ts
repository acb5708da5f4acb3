/** The study of the examples, in small: random images of two kinds, a few steps. */
import { existsSync } from 'node:fs'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { results, study } from '../../examples/generatorConditioning.ts'
import { figuresOf, page, tableOf } from '../../examples/generatorConditioningPage.ts'
import type { Results } from '../../examples/generatorConditioningPage.ts'
import { Random, tensor } from '../../src/index.ts'

const noise = Random.uniform(Random.key(0), [60, 1, 8, 8])
const small = {
  images: tensor(noise.data.map((x, i) => (Math.floor(i / 64) % 2 === 0 ? x : -x)), [60, 1, 8, 8]), // prettier-ignore
  labels: tensor(Array.from({ length: 60 }, (_, i) => i % 2), [60], 'int32'), // prettier-ignore
  classes: 2,
  steps: 4,
  seeds: [0],
  width: 4,
  batchSize: 8,
  looks: 2,
  samples: 20,
  epochs: 2
}
const arms = ['plain', 'clamped 1..20', 'clamped as calibrated', 'log condition']

/** What does not depend on how long it took. */
const timeless = ({ runs, ...rest }: Results) => ({
  ...rest,
  runs: runs.map(({ end, ...run }) => ({ ...run, counts: end?.counts }))
})

describe('the study of generator conditioning', () => {
  let out = ''
  let whole: Results
  const lines: string[] = []
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'conditioning-'))
    whole = await study({ ...small, out: join(out, 'whole'), tell: (line) => lines.push(line) })
  })
  afterAll(() => rm(out, { recursive: true }))

  it('has a table of each run, figures that are numbers, and a look each time', () => {
    expect(whole.runs.map(({ arm, seed }) => [arm, seed])).toEqual(arms.map((arm) => [arm, 0]))
    for (const { looks, end } of whole.runs) {
      expect(looks.map(({ step }) => step)).toEqual([0, 2, 4])
      for (const look of looks) {
        expect(look.classifierScore).toBeGreaterThanOrEqual(1)
        expect(look.frechetDistance).toBeGreaterThan(0)
        expect(look.singularValues.map((values) => values.length)).toEqual(Array(8).fill(4))
        expect(look.logConditions).toHaveLength(8)
      }
      expect(end?.counts.reduce((sum, n) => sum + n, 0)).toBe(360)
    }
    // All arms begin at the same parameters.
    expect(new Set(whole.runs.map(({ looks }) => looks[0]!.logCondition)).size).toBe(1)
    expect(lines).toHaveLength(6)
    expect(lines.slice(2).map((line) => line.split(', ')[0])).toEqual([1, 2, 3, 4].map((i) => `run ${i} of 4`))
    expect(lines.at(-2)).toMatch(/; \d+ min left$/)
    expect(tableOf(whole)).toHaveLength(4)
  })

  it('comes to the same when it is ended in a run and begun again, and does nothing twice', async () => {
    const broken = join(out, 'broken')
    const table = join(broken, 'clamped-1-20-0.jsonl')
    // Ends in the second run, once its state of step 2 is kept.
    const signal = {
      get aborted() {
        return existsSync(join(broken, 'clamped-1-20-0.checkpoints', 'step-000000002.safetensors'))
      }
    }
    const part = await study({ ...small, out: broken, signal })
    expect(part.runs.map(({ looks, end }) => [looks.at(-1)!.step, end === undefined])).toEqual([[4, false], [2, true]]) // prettier-ignore
    // As if it had been killed a little later, while it wrote: these are measured again.
    await appendFile(table, '{"step":4,"logCondition":-1}\n{"step":4,"classi')
    const again = await study({ ...small, out: broken })
    expect(timeless(again)).toEqual(timeless(whole))
    const told: string[] = []
    expect(await study({ ...small, out: broken, tell: (line) => told.push(line) })).toEqual(again)
    expect(told).toHaveLength(4)
  })

  it('does a run anew whose table is gone, whatever checkpoint there is', async () => {
    const plain = join(out, 'whole', 'plain-0.jsonl')
    await rm(plain)
    expect(timeless(await study({ ...small, out: join(out, 'whole') }))).toEqual(timeless(whole))
    whole = await results(join(out, 'whole'))
  })

  it('refuses to go on with what is another study', async () => {
    await expect(study({ ...small, steps: 6, out: join(out, 'whole') })).rejects.toThrow('expected to go on with')
  })

  it('is drawn of its tables alone, whatever runs there are', async () => {
    const read = await results(join(out, 'whole'))
    expect(read).toEqual(whole)
    const { html, told } = page(read)
    for (const { name, svg, caption } of figuresOf(read)) {
      expect(html).toContain(`<figure id="${name}">${svg}`)
      expect(caption).toMatch(/[.?]$/)
    }
    expect(html).not.toMatch(/(src|href)="(?!data:)/)
    expect(told).toContain('4 of 4 runs have come to their end')
    expect(told).toContain('| clamped 1..20 | 1 |')
    const none = page({ ...read, runs: [] })
    expect(none.told).toContain('0 of 4 runs')
    const some = page({ ...read, runs: read.runs.slice(1, 3).map(({ end: _, ...run }) => run) })
    expect(some.told).toContain('0 of 4 runs have come to their end; 2 more are under way')
  })
})

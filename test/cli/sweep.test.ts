/** Sweeps on the command line: how a grid is read, how runs stand, and what is refused. Runs themselves: test/run/sweep. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readGrid } from '../../src/cli/spec/readGrid.ts'
import { E, Gan, Preset } from '../../src/index.ts'
import { Sweep } from '../../src/run.ts'
import { openSweep } from '../../src/run/sweep/folder.ts'
import { rightOf } from '../support/programs.ts'
import { done, run } from './terminal.ts'

let folder = ''
const at = (name: string) => join(folder, name)
const grid = { specs: ['gan'], seeds: 2, data: 'ring', batchSize: 4, steps: 8 } as const

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'saddlepoint-cli-'))
  writeFileSync(at('grid.json'), JSON.stringify(grid))
  writeFileSync(at('mine.json'), rightOf(Gan.specToJson(Preset.of('r1', { width: 4 }))))
  rightOf(await openSweep(at('sweep'), rightOf(Sweep.runsOf(grid)))())
  const journal = [
    { run: {}, spec: '' },
    { step: 8, scores: { modes: 5 } },
    { step: 8, ended: 'done' }
  ]
  mkdirSync(at('sweep/runs/gan_seed=1'), { recursive: true })
  writeFileSync(at('sweep/runs/gan_seed=1/metrics.jsonl'), journal.map((line) => `${JSON.stringify(line)}\n`).join(''))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

describe('sweep', () => {
  it('shows how runs stand, by the grid or by the folder', async () => {
    const table = await done('sweep', at('grid.json'), '--status', '--out', at('sweep'))
    expect(table).toMatch(/^run +status +step\n/)
    expect(table).toMatch(/^gan_seed=0 +waiting +0\/8$/m)
    expect(table).toMatch(/^gan_seed=1 +done +8\/8 +modes 5$/m)
    expect(table).toMatch(/^gan +1\/2 +modes 5$/m)
    expect(await done('sweep', at('sweep'))).toBe(table)
    const records = (await done('sweep', at('sweep'), '--json')).trimEnd().split('\n')
    expect(records.map((line) => (JSON.parse(line) as { status: string }).status)).toEqual(['waiting', 'done'])
  })

  it('reads specs from files that a grid names, and a grid from a module', async () => {
    writeFileSync(at('files.json'), JSON.stringify({ ...grid, specs: { a: 'mine.json', b: 'own.ts', c: 'gan' } }))
    const read = rightOf(await readGrid(at('files.json'))())
    expect(read.specs).toMatchObject({ a: { spec: { loss: {} } }, b: { module: 'own.ts' }, c: 'gan' })
    expect(E.isRight(Sweep.runsOf(read))).toBe(true)
    writeFileSync(at('grid.ts'), `const seeds: number = 3\nexport default { ...${JSON.stringify(grid)}, seeds }`)
    expect(rightOf(await readGrid(at('grid.ts'))())).toEqual({ ...grid, seeds: 3 })
  })

  it.each<[string, string, RegExp]>([
    ['text that is no JSON', 'specs: gan', /broken\.json: this is no JSON/],
    ['a preset that is none', JSON.stringify({ ...grid, specs: ['gann'] }), /Did you mean gan\?/],
    ['a misspelt name', JSON.stringify({ ...grid, seed: 3 }), /Did you mean seeds\?/],
    ['a list', '[]', /expected/]
  ])('refuses %s', async (_, text, said) => {
    writeFileSync(at('broken.json'), text)
    const { status, err } = await run('sweep', at('broken.json'), '--out', at('never'))
    expect(status).toBe(1)
    expect(err).toMatch(said)
  })

  it('refuses a grid that is not there, and words that are no numbers', async () => {
    expect((await run('sweep', at('none.json'))).status).toBe(1)
    expect((await run('sweep', at('grid.json'), '--runners', 'many')).status).toBe(2)
    expect((await run('sweep', at('grid.json'), '--redis', 'nowhere', '--out', at('sweep'))).err).toMatch(/redis:\/\/host:port/) // prettier-ignore
  })
})

describe('worker', () => {
  it('has to be told where, and says what is not reached', async () => {
    expect((await run('worker', '--out', at('sweep'))).status).toBe(2)
    const { status, err } = await run('worker', '--redis', 'redis://127.0.0.1:1', '--out', at('sweep'))
    expect(status).toBe(1)
    expect(err).toMatch(/a Redis server at redis:\/\/127\.0\.0\.1:1 .*ECONNREFUSED/)
  })
})

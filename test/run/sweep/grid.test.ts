/** Grids become lists of runs; what is wrong with one is told before anything runs. */
import * as E from '#fp-ts/Either'
import { describe, expect, it } from 'vitest'
import { Gan, Net, Preset, pipe } from '../../../src/index.ts'
import { Sweep } from '../../../src/run.ts'
import { sweepIn } from '../../../src/run/sweep/folder.ts'
import { jobProblems, nameFor } from '../../../src/run/sweep/job.ts'
import type { Job } from '../../../src/run/sweep/job.ts'
import { leftOf, rightOf } from '../../support/smallGan.ts'

const grid: Sweep.Grid = { specs: ['r1', 'wgan-gp'], seeds: 2, data: 'ring', batchSize: 8, steps: 20 }
const runsOf = (changes: Partial<Sweep.Grid> = {}): readonly Job[] => rightOf(Sweep.runsOf({ ...grid, ...changes }))
const refused = (changes: object): readonly string[] =>
  leftOf(Sweep.runsOf({ ...grid, ...changes })).map(
    ({ path, expected, actual, hint }) => `${path.join('.')}: ${expected}; ${actual}; ${hint}`
  )
const specIn = (job: Job | undefined) => {
  if (job === undefined || !('spec' in job.source)) throw new Error('no spec')
  return rightOf(Gan.specFromJson(JSON.stringify(job.source.spec)))
}

describe('the runs of a grid', () => {
  it('are every spec with every value and every seed, seeds in the outer loop', () => {
    const runs = runsOf({
      settings: { batchSize: [8, 16], 'optimizers.generator.learningRate': [1e-3] },
      seeds: [7, 3]
    })
    expect(runs.map(({ name }) => name)).toEqual(
      [7, 3].flatMap((seed) =>
        ['r1', 'wgan-gp'].flatMap((spec) =>
          [8, 16].map((size) => `${spec}_batchSize=${String(size)}_learningRate=0.001_seed=${String(seed)}`)
        )
      )
    )
    expect(runs.map(({ batchSize }) => batchSize)).toEqual([8, 16, 8, 16, 8, 16, 8, 16])
    expect(new Set(runs.map(({ arm }) => arm)).size).toBe(4)
  })

  it('have the values in their specs, where options need not be named', () => {
    const path = 'regularizers.discriminator.0.gamma'
    const [a, b] = runsOf({ specs: ['r1'], settings: { [path]: [0.5, 3], 'preset.width': [4] }, seeds: 1 })
    for (const [run, gamma] of [
      [a, 0.5],
      [b, 3]
    ] as const)
      // prettier-ignore
      expect(specIn(run).regularizers['discriminator']?.[0]?.options).toMatchObject({ gamma })
    expect(specIn(a).networks['generator']?.title).toContain('dense(8, 4)')
  })

  it('may be of a spec, a written one, a preset with options, and a module', () => {
    const spec = Preset.of('lsgan', { width: 4 })
    const json = JSON.parse(rightOf(Gan.specToJson(spec))) as Record<string, unknown>
    const runs = runsOf({
      specs: {
        made: spec,
        written: { spec: json },
        preset: { preset: 'lsgan', options: { width: 4 } },
        own: { module: 'own.ts' }
      },
      seeds: 1
    })
    const [made, written, preset, own] = runs
    expect(written?.source).toEqual(made?.source)
    expect(preset?.source).toEqual(made?.source)
    expect(own?.source).toEqual({ module: 'own.ts' })
    expect(runs.flatMap(jobProblems)).toEqual([])
  })

  it('have names that no two share, whatever the words', () => {
    const data = ['../../etc', 'a/b', 'a\\b', ' .x', 'ü'.repeat(300)]
    const names = runsOf({ settings: { data }, seeds: 2 }).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9=_+.,-]{0,159}$/)
    expect(nameFor('//', new Set())).toBe('run')
    expect(nameFor('a b', new Set(['a-b']))).toBe('a-b-2')
  })
})

describe('a grid that is refused', () => {
  const paths = 'Gan.specToJson(spec) shows what there is'
  it.each<[string, object, RegExp]>([
    ['a preset that is none', { specs: ['r2'] }, /^specs.r2: the name of a preset; "r2"; Did you mean r1\?$/],
    ['options of a preset', { specs: { a: { preset: 'r1', options: { widht: 3 } } } }, /Did you mean width\?$/],
    ['no specs', { specs: [] }, /^sweep.specs: specs by name, or a list of presets; \[\]/],
    ['something as a spec', { specs: { a: 3 } }, /^specs.a: a preset, a spec,.*; 3; Preset.names lists presets$/],
    ['a setting that nothing has', { settings: { 'optimizers.generatr.learningRate': [1] } }, /^settings\.optimizers\.generatr\.learningRate: one of generator, discriminator; generatr; Did you mean generator\?$/], // prettier-ignore
    ['a setting below a number', { settings: { 'loss.options.x.y': [1] } }, new RegExp(`settings.loss.options.x.y: .*; x; ${paths.replaceAll(/[()]/g, '\\$&')}`)], // prettier-ignore
    ['a value that a spec refuses', { settings: { 'optimizers.generator.learningRate': ['fast'] } }, /^specs\.r1\..*learningRate.*fast/], // prettier-ignore
    ['a batch of none', { settings: { batchSize: [0] } }, /^settings.batchSize: a whole number of at least 1; 0/],
    ['a setting without values', { settings: { batchSize: [] } }, /^sweep.settings: lists of values by path/],
    ['a seed twice', { seeds: [1, 1] }, /^sweep.seeds: a whole number of at least 1, or a list of different seeds/],
    ['an option that is none', { batchsize: 3 }, /Did you mean batchSize\?$/],
    ['options of a preset for a spec', { specs: { own: Preset.of('gan') }, settings: { 'preset.width': [3] } }, /^settings.preset.width: specs that are presets; own/] // prettier-ignore
  ])('%s', (_, changes, said) => {
    expect(refused(changes)[0]).toMatch(said)
  })

  it('a spec with functions of its own, which only a module can make', () => {
    const own = pipe(Gan.between({ generator: Net.dense(8, 2), discriminator: Net.lambda('mine', (x) => x), prior: Preset.of('gan').prior })) // prettier-ignore
    expect(refused({ specs: { own } })[0]).toMatch(/^specs\.own\.networks\.discriminator: .*{ module: 'own.ts' }/)
  })
})

describe('what sweep.json holds', () => {
  const text = (changes: object = {}, job: object = {}): string =>
    JSON.stringify({ format: 'saddlepoint sweep 1', id: '01234567', jobs: [{ ...runsOf()[0], ...job }], ...changes })
  const read = (changes?: object, job?: object) => sweepIn('sweep.json', text(changes, job))

  it('is read as it was written', () => {
    expect(rightOf(read()).jobs).toEqual([runsOf()[0]])
  })
  it.each<[string, object | undefined, object | undefined]>([
    ['another format', { format: 'x' }, undefined],
    ['an id that is a path', { id: '../../x' }, undefined],
    ['no list', { jobs: {} }, undefined],
    ['no runs but numbers', { jobs: [3, null] }, undefined],
    ['a name that goes up', undefined, { name: '../x' }],
    ['a name that is a path', undefined, { name: 'a/b' }],
    ['a name that is hidden', undefined, { name: '.a' }],
    ['a name twice', { jobs: [runsOf()[0], runsOf()[0]] }, undefined],
    ['code', undefined, { source: { code: 'process.exit()' } }],
    ['two sources', undefined, { source: { spec: {}, module: 'a.ts' } }],
    ['steps that are none', undefined, { steps: -1 }],
    ['another property', undefined, { load: 'x' }]
  ])('is refused with %s', (_, changes, job) => {
    expect(E.isLeft(read(changes, job))).toBe(true)
  })
})

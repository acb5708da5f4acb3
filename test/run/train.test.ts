/** Runs in folders: to the same bits however often they are stopped, and whoever asks. */
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import * as TE from '#fp-ts/TaskEither'
import { Gan, Issue, Opt, batches, tensor } from '../../src/index.ts'
import { Run } from '../../src/run.ts'
import { reportOf } from '../../src/run/report.ts'
import { leftOf, rightOf } from '../support/smallGan.ts'
import { contentOf, imageSpec, smallRun, temporary } from './folders.ts'

const js = (x: unknown): any => x
let folder: string
beforeEach(() => {
  folder = temporary()
})
/** What a run leaves that was never stopped. */
let whole: Readonly<Record<string, string>>
beforeAll(async () => {
  folder = temporary()
  await run('whole')
  whole = contentOf(at('whole'))
  rmSync(folder, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string) => join(folder, name)
const run = async (name: string, changes: Partial<Run.RunOptions> = {}) =>
  rightOf(await Run.train(at(name), { ...smallRun, ...changes })())
const refused = async (name: string, changes: Partial<Run.RunOptions> = {}) =>
  leftOf(await Run.train(at(name), { ...smallRun, ...changes })())

/** A run that is told to stop after a step. */
const stoppedAt = (name: string, last: number, changes: Partial<Run.RunOptions> = {}) => {
  const signal = { aborted: false }
  const onStep = (step: number): void => {
    if (step === last) signal.aborted = true
  }
  return run(name, { ...changes, signal, onStep })
}

describe('a run', () => {
  it('leaves a folder that says what it was', async () => {
    const result = await run('a')
    expect(result).toMatchObject({ step: 10, stopped: 'done', stepsDone: 10 })
    expect(Object.keys(contentOf(at('a')))).toEqual([
      'checkpoints/step-000000008.safetensors',
      'checkpoints/step-000000010.safetensors',
      'metrics.jsonl',
      'report.html',
      'run.json',
      'samples/step-000000004.png',
      'samples/step-000000008.png',
      'samples/step-000000010.png',
      'samples.png',
      'spec.json'
    ])
    const lines = readFileSync(at('a/metrics.jsonl'), 'utf8').trimEnd().split('\n')
    const records = lines.map((line): any => JSON.parse(line))
    expect(records[0]).toMatchObject({ run: { data: 'noise', seed: 0, 'batch size': 4, steps: 10 } })
    expect(records.slice(1, -1).map(({ step }) => step)).toEqual([0, 1, 2, 3, 3, 4, 4, 5, 6, 6, 7, 8, 8, 9, 9, 10, 10])
    expect(records.at(-1)).toEqual({ step: 10, ended: 'done', engine: 'reference' })
    expect(Object.keys(records[2].figures)).toContain('discriminator loss')
    const measured = records.filter(({ probe }) => probe === 'bias')
    expect(measured.map(({ step }) => step)).toEqual([0, 3, 6, 9])
    for (const { measured: found } of measured)
      expect(found).toEqual({
        first: found.first,
        log: '-Infinity',
        all: { shape: [9], dtype: 'float32', data: [found.first, ...found.all.data.slice(1)] }
      })
    expect(new Set(measured.map(({ measured: found }) => found.first)).size).toBe(4)
    const page: any = await reportOf([at('a')])()
    const chart = (title: string) => page.right.charts.find((one: any) => one.title === title)
    expect(chart('bias: first')).toMatchObject({ x: [0, 3, 6, 9], series: [{ name: 'bias: first' }] })
    expect(chart('bias: all').series.map(({ values }: any) => values[3])).toEqual(measured[3].measured.all.data)
  })
  it('is read as it was measured, infinities and all', async () => {
    const told: Gan.Measurement[] = []
    const { probes = [] } = smallRun
    const heard = probes.map(({ every, probe }) => ({
      every,
      probe: {
        ...probe,
        run: async (...given: Parameters<Gan.Probe['run']>) => {
          const figures = await probe.run(...given)
          told.push({ step: Number(given[1].step.data[0]), probe: probe.name, figures })
          return figures
        }
      }
    }))
    await stoppedAt('a', 7, { probes: heard })
    const read = rightOf(await Run.read(at('a'))())
    expect(read).toMatchObject({ run: { data: 'noise', seed: 0 }, step: 8, ended: undefined })
    expect(read.measurements).toEqual(told)
    expect(told.map(({ step, figures }) => [step, figures['log']])).toEqual([0, 3, 6].map((step) => [step, -Infinity]))
    await run('a', { probes: heard })
    const { ended, looks, means, measurements } = rightOf(await Run.read(at('a'))())
    expect(ended).toBe('done')
    expect(looks.map(({ step }) => step)).toEqual([4, 8, 10])
    expect(means.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(Gan.measurementsOf(probes[0]!.probe, { measurements })).toEqual(told)
  })
  it('goes on to the same bits wherever it is stopped, in the same files', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }), async (stops) => {
        for (const last of stops.toSorted((a, b) => a - b)) await stoppedAt('parts', last)
        await run('parts')
        expect(contentOf(at('parts'))).toEqual(whole)
        rmSync(at('parts'), { recursive: true })
      }),
      { numRuns: 5 }
    )
  })
  it('that is told to stop while probes are under way does them when it goes on, in the same order', async () => {
    // Probes of steps at which it is looked at, too: of the first and of the last.
    for (const [stop, last] of [
      [4, 10],
      [8, 10],
      [10, 10],
      [3, 10],
      [0, 10]
    ] as const) {
      // prettier-ignore
      const name = `stopped at ${stop}`
      const signal = new AbortController()
      const slow: Gan.Probe<{ step: number }> = {
        name: 'slow',
        run: async (_, { step }) => {
          if (step.data[0] === stop && !signal.signal.aborted) {
            signal.abort()
            await new Promise((resolve) => setTimeout(resolve, 5))
          }
          return { step: step.data[0]! }
        }
      }
      const quick: Gan.Probe<{ step: number }> = { name: 'quick', run: (_, { step }) => ({ step: step.data[0]! }) }
      const probes = [...smallRun.probes!, { every: 1, probe: quick }, { every: 1, probe: slow }]
      const first = await run(name, { probes, signal: signal.signal })
      expect([first.step, first.stopped]).toEqual([stop, 'aborted'])
      expect(await run(name, { probes })).toMatchObject({ step: last, stopped: 'done' })
      await run(`${name}, whole`, { probes })
      expect(contentOf(at(name))).toEqual(contentOf(at(`${name}, whole`)))
    }
  })
  it('goes on from stored data, where it was', async () => {
    const rows = Array.from({ length: 30 * 9 }, (_, i) => Math.sin(i * i))
    const data: Run.RunData = {
      name: 'rows',
      shape: [1, 3, 3],
      batches: (options) => batches(tensor(rows, [30, 1, 3, 3]), options)
    }
    await run('whole', { data })
    await stoppedAt('parts', 5, { data })
    await run('parts', { data })
    expect(contentOf(at('parts'))).toEqual(contentOf(at('whole')))
  })
  it('that is finished is only read, and can be made longer', async () => {
    const first = await run('a')
    const before = contentOf(at('a'))
    const again = await run('a')
    expect(again).toEqual({ ...first, stepsDone: 0, seconds: 0 })
    expect(contentOf(at('a'))).toEqual(before)
    expect(await run('a', { steps: 12 })).toMatchObject({ step: 12, stepsDone: 2 })
    await run('b', { steps: 12 })
    expect(
      contentOf(at('a'))
        ['metrics.jsonl']?.split('\n')
        .filter((line) => line.includes('ended'))
    ).toHaveLength(1)
    expect(contentOf(at('a'))['checkpoints/step-000000012.safetensors']).toBe(
      contentOf(at('b'))['checkpoints/step-000000012.safetensors']
    )
  })
  it('writes down why it failed, and fails again', async () => {
    const wild = imageSpec(Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 1e30 })))
    const issues = await refused('a', { spec: wild })
    expect(issues[0]._tag).toBe('Diverged')
    expect(readFileSync(at('a/metrics.jsonl'), 'utf8')).toMatch(/"ended":"failed","why":"expected /)
    const before = contentOf(at('a'))
    expect((await refused('a', { spec: wild }))[0]._tag).toBe('Diverged')
    expect(contentOf(at('a'))).toEqual(before)
  })
})

describe('what a killed process leaves', () => {
  /** Changes a folder of a run that came to step 8 as a kill may have left it. */
  const kills: Readonly<Record<string, (at: (file: string) => string) => void>> = {
    'half a line': (file) => appendFileSync(file('metrics.jsonl'), '{"step":9,"figu'),
    'lines after the checkpoint': (file) => appendFileSync(file('metrics.jsonl'), '{"step":9,"figures":{"x":1}}\n'),
    'halves of files': (file) => {
      writeFileSync(file('.run.json.1.tmp'), 'x')
      writeFileSync(file('checkpoints/.step-000000010.safetensors.1.tmp'), 'x')
      writeFileSync(file('samples/.step-000000010.png.1.tmp'), 'x')
      writeFileSync(file('.lock.1.tmp'), 'x')
    },
    'a picture whose checkpoint is missing': (file) => writeFileSync(file('samples/step-000000010.png'), 'x'),
    'a checkpoint that was to be removed': (file) =>
      writeFileSync(
        file('checkpoints/step-000000002.safetensors'),
        readFileSync(file('checkpoints/step-000000004.safetensors'))
      ),
    'a lock': (file) => writeFileSync(file('lock'), JSON.stringify({ token: 'x', host: 'x', pid: 4, life: '' })),
    'half a lock': (file) => writeFileSync(file('lock'), '{"tok')
  }
  it.each(Object.keys(kills))('%s: goes on to the same bits', async (what) => {
    await stoppedAt('parts', 8)
    kills[what]?.((file) => at(`parts/${file}`))
    if (what === 'a lock') {
      const long = new Date(Date.now() - 600_000)
      utimesSync(at('parts/lock'), long, long)
    }
    await run('parts')
    expect(contentOf(at('parts'))).toEqual(whole)
  })
  it('before the first checkpoint: begins anew', async () => {
    mkdirSync(at('parts'))
    writeFileSync(at('parts/spec.json'), 'half')
    await run('parts')
    expect(contentOf(at('parts'))).toEqual(whole)
    truncateSync(at('parts/metrics.jsonl'), 20)
    rmSync(at('parts/checkpoints'), { recursive: true })
    await run('parts')
    expect(contentOf(at('parts'))).toEqual(whole)
  })
})

describe('a folder', () => {
  it('of another run is refused, with every difference', async () => {
    await run('a')
    const before = contentOf(at('a'))
    const other = imageSpec(Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.02 })))
    const issues = await refused('a', {
      spec: other,
      seed: 1,
      batchSize: 5,
      data: { ...smallRun.data, name: 'others' }
    })
    expect(issues.map(({ path }) => path[0])).toEqual([...[1, 2, 3].map(() => at('a/run.json')), at('a/spec.json')])
    expect(Issue.show(issues)).toMatch(
      /of data "noise"; got "others"[^]*of seed 0; got 1[^]*`"learningRate": 0.02,` where/
    )
    expect(contentOf(at('a'))).toEqual(before)
  })
  it('whose data hold something else than they did is refused in words, and goes on where that is asked for', async () => {
    const holding = (fingerprint: string): Run.RunData => ({ ...smallRun.data, fingerprint: TE.right(fingerprint) })
    await stoppedAt('a', 5, { data: holding('0123456789abcdef') })
    const before = contentOf(at('a'))
    expect(Issue.show(await refused('a', { data: holding('fedcba9876543210') }))).toMatch(
      /run.json: expected noise as it was when this run was begun \(fingerprint 0123456789ab\); got files that have changed since[^]*--changed-data/
    )
    expect(contentOf(at('a'))).toEqual(before)
    await stoppedAt('a', 7, { data: holding('fedcba9876543210'), changedData: true })
    expect(await run('a', { data: holding('fedcba9876543210') })).toMatchObject({ step: 10 })
    // A run that was begun by what tells no fingerprint goes on.
    await stoppedAt('b', 5)
    expect(await run('b', { data: holding('0123456789abcdef') })).toMatchObject({ step: 10 })
    const unreadable: Run.RunData = {
      ...smallRun.data,
      fingerprint: TE.left({ _tag: 'Unreadable', file: 'x.csv', expected: 'a', actual: 'b' })
    }
    expect(await refused('c', { data: unreadable })).toMatchObject([{ _tag: 'BadFile' }])
  })
  it('of something else is refused and left alone', async () => {
    mkdirSync(at('mine'))
    writeFileSync(at('mine/thesis.txt'), 'x')
    expect(await refused('mine')).toMatchObject([{ _tag: 'BadFile', actual: 'one that holds thesis.txt' }])
    expect(readdirSync(at('mine'))).toEqual(['thesis.txt'])
  })
  it('is refused while another works in it', async () => {
    const running = run('a', {
      onLook: () => {
        waiting.push(refused('a'))
      }
    })
    const waiting: Promise<Gan.Issues>[] = []
    await running
    const refusals = await Promise.all(waiting)
    expect(refusals.length).toBeGreaterThan(1)
    for (const [first] of refusals)
      expect(first).toMatchObject({ _tag: 'Busy', actual: expect.stringMatching(/^process \d+ on /) })
  })
  it('whose lock another has taken is not written to any more', async () => {
    const signal = { aborted: false }
    const onStep = (step: number): void => {
      if (step === 5) writeFileSync(at('a/lock'), JSON.stringify({ token: 'x', host: 'x', pid: 4, life: '' }))
    }
    expect(await refused('a', { signal, onStep })).toMatchObject([{ _tag: 'Busy' }])
    expect(readdirSync(at('a/checkpoints'))).toEqual(['step-000000004.safetensors'])
    expect(readFileSync(at('a/lock'), 'utf8')).toContain('"x"')
  })
  it('is not made for a spec or options that are wrong', async () => {
    const headless = js({ ...smallRun.spec, networks: {} })
    expect((await refused('a', { spec: headless })).length).toBeGreaterThan(0)
    const issues = await refused('a', js({ steps: -1, batchSize: 0, engine: 3, every: 0, stepps: 1 }))
    expect(issues.map(({ path }) => path.join('.')).sort()).toEqual(
      ['batchSize', 'engine', 'every', 'steps', 'stepps'].map((name) => `run.${name}`).sort()
    )
    expect(readdirSync(folder)).toEqual([])
  })
})

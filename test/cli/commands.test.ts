/** Each command as one types it: what it leaves, what it prints, and how it refuses. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'fast-png'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { E, Gan, Preset, readSafetensors } from '../../src/index.ts'
import { done, run } from './terminal.ts'

let folder = ''
const at = (name: string) => join(folder, name)
const text = (name: string) => readFileSync(at(name), 'utf8')
const json = (words: string): any => JSON.parse(words)
const quick = ['--engine', 'wasm', '--batch-size', '8', '--every', '10']
const specJson = (): string => {
  const written = Gan.specToJson(Preset.of('gan', { width: 8, latents: 2 }))
  return E.isRight(written) ? written.right : ''
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'saddlepoint-cli-'))
  await done('train', 'gan', '--out', at('run'), '--steps', '4', '--set', 'width=8', '--set', 'latents=2', ...quick)
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('train', () => {
  it('writes an event file of TensorBoard where it is asked for', async () => {
    await done('train', 'ring', '--out', at('events'), '--steps', '3', '--tensorboard', ...quick)
    const [name] = readdirSync(at('events')).filter((one) => one.includes('tfevents'))
    expect(readFileSync(at(`events/${String(name)}`), 'latin1')).toContain('scores/modes')
  })

  it('leaves a run, and says what it came to', async () => {
    const out = await done('train', 'ring', '--out', at('ring'), '--steps', '3', ...quick)
    expect(out).toMatch(/^3 steps at .* a second; modes \d.*\n.*report\.html, samples\.png, metrics\.json\n$/)
    for (const name of [
      'checkpoints',
      'metrics.json',
      'metrics.jsonl',
      'report.html',
      'run.json',
      'samples.png',
      'spec.json'
    ])
      expect(readdirSync(at('ring'))).toContain(name)
    expect(json(text('ring/metrics.json'))).toMatchObject({ data: 'ring', seed: 0, steps: 3, stopped: 'done' })
  })
  it('refuses a folder that holds a run, goes on, and begins anew', async () => {
    const again = ['train', 'gan', '--out', at('again'), '--set', 'width=8', ...quick]
    await done(...again, '--steps', '2')
    const refused = await run(...again, '--steps', '4')
    expect(refused).toMatchObject({
      status: 1,
      err: expect.stringMatching(/--resume goes on with it, --anew/) as string
    })
    expect(await done(...again, '--steps', '4', '--resume')).toMatch(/^4 steps/)
    expect((await run(...again, '--steps', '4', '--resume', '--seed', '1')).err).toMatch(/of seed 0; got 1/)
    writeFileSync(at('again/notes.txt'), 'mine')
    expect(await done(...again, '--steps', '2', '--anew', '--seed', '1')).toMatch(/^2 steps/)
    expect(text('again/notes.txt')).toBe('mine')
  })
  it('writes records for programs', async () => {
    const out = await done('train', 'gan', '--out', at('json'), '--steps', '2', '--set', 'width=8', '--json', ...quick)
    const records = out.trimEnd().split('\n').map(json)
    expect(records.map(({ event }) => event)).toEqual(['start', 'look', 'end'])
    expect(records.at(-1)).toMatchObject({ step: 2, stopped: 'done', scores: { modes: expect.any(Number) as number } })
  })
  it('changes a spec by --set: options of presets, and whatever is in it', async () => {
    const settings = ['width=16', 'optimizers.generator.learningRate=0.5', 'loss=leastSquares'].flatMap((one) => [
      '--set',
      one
    ])
    await done(
      'train',
      'r1',
      '--out',
      at('set'),
      '--steps',
      '1',
      ...quick,
      ...settings.slice(0, 4),
      '--set',
      'regularizers.discriminator.r1.gamma=3'
    )
    const spec = text('set/spec.json')
    expect(spec).toMatch(/"learningRate": 0\.5/)
    expect(spec).toMatch(/"gamma": 3\b/)
    expect(spec).toMatch(/"outputs": 16|dense[^]*16/)
  })
  it.each([
    [['optimizers.generater.learningRate=1'], /no generater in optimizers. Did you mean generator\?/],
    [['optimizers.generator.learnigRate=1'], /learnigRate[^]*learningRate/],
    [['width=-1'], /width[^]*got -1/],
    [['width'], /give path=value/]
  ])('says what is wrong with --set %j', async (settings, message) => {
    const { status, err } = await run(
      'train',
      'gan',
      '--out',
      at('wrong'),
      ...settings.flatMap((one) => ['--set', one])
    )
    expect(err).toMatch(message)
    expect([1, 2]).toContain(status)
    expect(readdirSync(folder)).not.toContain('wrong')
  })
  it('takes a spec as JSON', async () => {
    writeFileSync(at('mine.json'), specJson())
    expect(await done('train', at('mine.json'), '--out', at('of-json'), '--steps', '2', ...quick)).toMatch(/^2 steps/)
    writeFileSync(at('broken.json'), specJson().replace('"dense"', '"dens"'))
    const { status, err } = await run('train', at('broken.json'), '--out', at('none'))
    expect([status, err]).toEqual([
      1,
      expect.stringMatching(/broken\.json: 1 problem in this GAN[^]*Did you mean dense/)
    ])
  })
  it('takes a module in TypeScript, with data and terms of its own, and knows it again', async () => {
    const module = `
      import { Gan, Loss, Net, Opt, Prior, mean, mul, pipe, square } from 'saddlepoint'
      import type { Tensor } from 'saddlepoint'
      enum Width { hidden = 8 }
      const small: Gan.Term = ({ G, latent }) => mean(square(G(latent)))
      const adam = Opt.adam({ learningRate: 1e-3 })
      export const batchSize = 8
      export const steps = 3
      export const data = 'ring'
      export default (settings: { weight?: number }) => pipe(
        Gan.between({
          generator: Net.serial(Net.dense(2, Width.hidden), Net.relu, Net.dense(Width.hidden, 2)),
          discriminator: Net.dense(2, 1),
          prior: Prior.normal([2])
        }),
        Gan.withLoss(Loss.nonSaturating),
        Gan.withRegularizer('generator', (play) => mul(settings.weight ?? 1, small(play))),
        Gan.withOptimizer('generator', adam),
        Gan.withOptimizer('discriminator', adam)
      )`
    writeFileSync(at('mine.ts'), module)
    const train = ['train', at('mine.ts'), '--out', at('of-module'), '--engine', 'wasm', '--set', 'weight=2']
    expect(await done(...train)).toMatch(/^3 steps/)
    expect(json(text('of-module/spec.json'))).toMatchObject({ module: at('mine.ts'), settings: { weight: 2 } })
    expect(await done(...train, '--steps', '5', '--resume')).toMatch(/^5 steps/)
    await done('sample', at('of-module'), '--out', at('of-module.csv'), '--count', '3', '--engine', 'wasm')
    expect(text('of-module.csv').trimEnd().split('\n')).toHaveLength(3)
    writeFileSync(at('mine.ts'), module.replace('1e-3', '2e-3'))
    expect((await run(...train, '--resume')).err).toMatch(/the spec that this folder was begun with/)
  })
  it.each([
    ['throws', 'throw new Error("no luck")', /mine2\.ts: this module could not be loaded\. no luck/],
    ['gives no spec', 'export default 3', /expected a spec as the default export/],
    ['is no TypeScript', 'export default {{', /could not be loaded/]
  ])('says why a module is no spec that %s', async (_, content, message) => {
    writeFileSync(at('mine2.ts'), content)
    const { status, err } = await run('train', at('mine2.ts'))
    expect([status, err]).toEqual([1, expect.stringMatching(message)])
    expect(err).not.toMatch(/\n\s+at /)
  })
  it('takes numbers of a table, a conditional preset, and images', async () => {
    writeFileSync(
      at('points.csv'),
      `x,y,z\n${Array.from({ length: 40 }, (_, i) => `${Math.sin(i)},${Math.cos(i)},0.5`).join('\n')}\n`
    )
    await done('train', 'gan', '--data', at('points.csv'), '--out', at('table'), '--steps', '2', ...quick)
    expect(json(text('table/run.json')).shape).toEqual([3])
    const small = ['--set', 'width=2', '--set', 'latents=2', '--steps', '1', '--batch-size', '4']
    await done('train', 'acgan', '--data', 'shapes', '--out', at('labelled'), ...small)
    expect(decode(readFileSync(at('labelled/samples.png'))).width).toBeGreaterThan(8 * 28)
  })
  it.each([
    [['train'], /missing required argument 'spec'/],
    [['train', 'dcgam'], /'dcgam' is neither a preset, nor a file that is there\. Did you mean dcgan\?/],
    [['train', 'gan', '--steps', '0'], /--steps '0': give a whole number of at least 1/],
    [['train', 'gan', '--seed', '-1'], /--seed '-1'/],
    [['train', 'gan', '--sed', '3'], /unknown option '--sed'[^]*--seed/],
    [['train', 'gan', 'wgan'], /too many arguments/],
    [['trian'], /unknown command 'trian'[^]*train/],
    [['export', 'x', '--out', 'a.pth'], /ends in .onnx or .safetensors/],
    [['presets', 'dcgam'], /Did you mean dcgan/]
  ])('%j is refused in words, with status 2', async (args, message) => {
    const { status, err } = await run(...args)
    expect(err).toMatch(message)
    expect(err).not.toMatch(/\n\s+at /)
    expect(status).toBe(2)
  })
  it.each([
    [['train', 'gan', '--data', 'rings'], /Did you mean ring/],
    [['train', 'gan', '--engine', 'warp'], /'warp'/],
    [['sample', '/dev/null/run'], /run\.json/],
    [['report', '/dev/null/run'], /metrics\.jsonl/]
  ])('%j cannot be done: status 1', async (args, message) => {
    const { status, err } = await run(...args)
    expect([status, err]).toEqual([1, expect.stringMatching(message)])
    expect(err).not.toMatch(/\n\s+at /)
  })
})

describe('what looks at a run', () => {
  const quiet = ['--engine', 'wasm']
  it('samples, to a picture and to numbers, by seed', async () => {
    await done('sample', at('run'), '--out', at('a.csv'), '--count', '5', ...quiet)
    await done('sample', at('run'), '--out', at('b.csv'), '--count', '5', ...quiet)
    await done('sample', at('run'), '--out', at('c.csv'), '--count', '5', '--seed', '1', ...quiet)
    expect(text('a.csv')).toMatch(/^(-?[\d.e-]+,-?[\d.e-]+\n){5}$/)
    expect(text('b.csv')).toBe(text('a.csv'))
    expect(text('c.csv')).not.toBe(text('a.csv'))
    expect(await done('sample', at('run'), '--out', at('a.png'), ...quiet)).toMatch(/a\.png: 64 samples/)
    expect(decode(readFileSync(at('a.png'))).width).toBeGreaterThan(100)
  })
  it('evaluate compares with the data of the run', async () => {
    const scores = json(await done('evaluate', at('run'), '--samples', '50', '--json', ...quiet))
    expect(scores).toMatchObject({ step: 4, samples: 50 })
    for (const name of ['modes', 'high quality', 'precision', 'recall', 'density', 'coverage', 'kernel distance'])
      expect(scores.scores[name]).toEqual(expect.any(Number))
    expect(await done('evaluate', at('run'), '--samples', '50', ...quiet)).toMatch(/^precision +[\d.]+$/m)
  })
  it('evaluate scores labelled images by a classifier', async () => {
    const scores = json(await done('evaluate', at('labelled'), '--samples', '100', '--json'))
    expect(Object.keys(scores.scores)).toEqual(expect.arrayContaining(['classifier score', 'Fréchet distance']))
  })
  it('spectrum measures the Jacobian', async () => {
    const found = json(await done('spectrum', at('run'), '--json', '--out', at('spectrum.svg'), ...quiet))
    expect(found.singularValues).toHaveLength(2)
    expect(text('spectrum.svg')).toContain('latent 8')
    expect(await done('spectrum', at('run'), '--latents', '2', ...quiet)).toMatch(/^logCondition +\d/)
  })
  it('interpolate draws paths', async () => {
    const size = ['--rows', '2', '--columns', '3']
    expect(await done('interpolate', at('run'), '--out', at('i.png'), ...size, ...quiet)).toMatch(/2 paths of 3/)
    await done('interpolate', at('labelled'), '--out', at('j.png'), ...size)
    expect(decode(readFileSync(at('j.png')))).toMatchObject({ width: 3 * 58 + 2, height: 2 * 58 + 2 })
  })
  it('export writes the generator', async () => {
    await done('export', at('run'), '--out', at('g.safetensors'))
    const read = readSafetensors(readFileSync(at('g.safetensors')))
    expect(E.isRight(read) && Object.keys(read.right.tensors)).toContain('0.weights')
    expect(await done('export', at('run'), '--out', at('g.onnx'), '--count', '4')).toMatch(/g\.onnx: \d+ bytes/)
  })
  it('report compares runs on one page', async () => {
    await done('report', at('run'), at('ring'), '--out', at('both.html'))
    const page = text('both.html')
    expect(page).toMatch(/<h1>2 runs<\/h1>/)
    expect(page.match(/<img alt="Samples of (run|ring), step \d"/g)).toHaveLength(2)
    await done('report', at('run'))
    expect(text('run/report.html')).toContain('<h1>A GAN on ring</h1>')
  })
})

describe('what needs no run', () => {
  it('presets lists, shows, and writes JSON that trains', async () => {
    expect((await done('presets')).trimEnd().split('\n')).toEqual(Preset.names)
    expect(await done('presets', 'wgan-gp')).toMatch(/wasserstein[^]*gradientPenalty/)
    writeFileSync(at('preset.json'), await done('presets', 'lsgan', '--json', '--set', 'loss.fakeTarget=0.1'))
    expect(await done('train', at('preset.json'), '--out', at('of-preset'), '--steps', '1', ...quick)).toMatch(
      /^1 steps/
    )
  })
  it('explain checks a spec and says what a step costs', async () => {
    expect(await done('explain', 'gan', '--batch-size', '8', '--engine', 'wasm')).toMatch(
      /generator[^]*dense\(8, 64\)[^]*kernel/
    )
    writeFileSync(at('odd.json'), specJson().replace(/"optimizers":\{[^]*?\}\}\},?/, ''))
    const { status, err } = await run('explain', at('odd.json'))
    expect([status, err]).toEqual([1, expect.stringMatching(/optimizers\.generator: expected an optimizer/)])
  })
  it('data says what they are, and draws some', async () => {
    expect(await done('data', 'shapes', '--size', '32', '--out', at('data.png'))).toMatch(
      /\[1, 32, 32\][^]*10: disc, ring/
    )
    expect(decode(readFileSync(at('data.png'))).width).toBeGreaterThan(8 * 32)
    mkdirSync(at('empty'))
    expect((await run('data', at('empty'))).err).toMatch(/got a folder of no files/)
  })
  it('prints help', async () => {
    expect(await done()).toContain('train')
    expect(await run('train', '--help')).toMatchObject({
      status: 0,
      out: expect.stringContaining('--resume') as string
    })
  })
})

import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { decode } from 'fast-png'
import type { DemoOptions } from '../../src/cli/options.ts'
import { trainDemo } from '../../src/cli/trainDemo.ts'
import { idxBytes } from '../data/idxBytes.ts'

const silence = { write: process.stderr.write.bind(process.stderr) }
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'saddlepoint-demo-'))
  process.stderr.write = () => true
})
afterAll(() => {
  process.stderr.write = silence.write
  rmSync(folder, { recursive: true })
})

const options = (changes: Partial<DemoOptions>): DemoOptions => ({
  data: 'ring',
  net: 'dcgan',
  steps: 6,
  seed: 0,
  engine: 'reference',
  out: join(folder, 'out'),
  ...changes
})
const going = { aborted: false }

/** An IDX file of `count` images, gray ramps. */
const idx = (count: number, height: number, width: number): Uint8Array => {
  const bytes = new Uint8Array(16 + count * height * width)
  const view = new DataView(bytes.buffer)
  ;[0x803, count, height, width].forEach((value, i) => {
    view.setUint32(4 * i, value)
  })
  for (let i = 16; i < bytes.length; i++) bytes[i] = (i * 7) % 256
  return bytes
}

describe('the demo', () => {
  it.each(['ring', 'grid', 'swissroll', 'dirac'] as const)(
    'trains on %s and leaves a picture, a report and figures',
    async (data) => {
      const out = join(folder, data)
      const result = await trainDemo(options({ data, out }), going)()
      expect(E.isRight(result)).toBe(true)
      const metrics = JSON.parse(readFileSync(join(out, 'metrics.json'), 'utf8')) as Record<string, unknown>
      expect(metrics).toMatchObject({ data, seed: 0, steps: 6, stopped: 'done' })
      expect(Object.keys(metrics)).toEqual(
        expect.arrayContaining(['modes', 'highQuality', 'reverseKL', 'stepsPerSecond', 'spec'])
      )
      expect(metrics['modes'] === null).toBe(data === 'swissroll' || data === 'dirac')
      expect(decode(readFileSync(join(out, 'samples.png'))).width).toBeGreaterThan(100)
      expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('Gradient norms')
    }
  )

  it('trains on images that are drawn', async () => {
    const out = join(folder, 'shapes')
    const result = await trainDemo(options({ data: 'shapes', net: 'mlp', steps: 2, out }), going)()
    expect(result).toMatchObject({ _tag: 'Right', right: { data: 'shapes', steps: 2, modes: null } })
    expect(decode(readFileSync(join(out, 'samples.png'))).height).toBeGreaterThan(8 * 28)
  })

  it.each(['mlp', 'dcgan'] as const)('trains the %s pair on IDX files', async (net) => {
    const directory = join(folder, 'digits')
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, 'train-images-idx3-ubyte'), idx(70, 8, 8))
    const out = join(folder, net)
    const result = await trainDemo(options({ data: { directory }, net, steps: 2, out }), going)()
    expect(result).toMatchObject({ _tag: 'Right', right: { steps: 2 } })
    expect(decode(readFileSync(join(out, 'samples.png'))).height).toBeGreaterThan(64)
  })

  it('trains on colour, of one set among several; refuses pictures that cannot be drawn', async () => {
    const directory = join(folder, 'colour')
    mkdirSync(directory, { recursive: true })
    const put = (name: string, channels: number): void => {
      const data = new Uint8Array(70 * 8 * 8 * channels)
      writeFileSync(join(directory, name), idxBytes({ type: 'uint8', shape: [70, 8, 8, channels], data }))
    }
    put('toys-train-images.idx', 3)
    put('other-train-images.idx', 4)
    const out = join(folder, 'coloured')
    const train = (set: string): ReturnType<ReturnType<typeof trainDemo>> =>
      trainDemo(options({ data: { directory, set }, steps: 1, out }), going)()
    expect(await train('toys')).toMatchObject({ _tag: 'Right' })
    expect(await train('other')).toMatchObject({
      left: expect.stringMatching(/1 or 3 channels; these have 4/) as string
    })
  })

  it('stops at a signal and still writes the result', async () => {
    const signal = { aborted: false }
    const out = join(folder, 'stopped')
    const running = trainDemo(options({ steps: 100000, out }), signal)()
    setTimeout(() => {
      signal.aborted = true
    }, 300)
    const result = await running
    expect(result).toMatchObject({ _tag: 'Right', right: { stopped: 'aborted' } })
    const metrics = JSON.parse(readFileSync(join(out, 'metrics.json'), 'utf8')) as { steps: number }
    expect(metrics.steps).toBeGreaterThan(0)
    expect(metrics.steps).toBeLessThan(100000)
  })

  it('says what is wrong with its data in one message', async () => {
    const missing = await trainDemo(options({ data: { directory: join(folder, 'nowhere') } }), going)()
    expect(E.isLeft(missing) && missing.left).toMatch(/nowhere/)
    const directory = join(folder, 'broken')
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, 'train-images-idx3-ubyte'), idx(70, 8, 8).slice(0, 1000))
    const broken = await trainDemo(options({ data: { directory } }), going)()
    expect(E.isLeft(broken) && broken.left).toMatch(/train-images-idx3-ubyte/)
    writeFileSync(join(directory, 'train-images-idx3-ubyte'), idx(70, 9, 9))
    const odd = await trainDemo(options({ data: { directory } }), going)()
    expect(E.isLeft(odd) && odd.left).toMatch(/9 x 9: use --net mlp/)
  })

  it('refuses an engine that is not there', async () => {
    const result = await trainDemo(options({ engine: 'warp' }), going)()
    expect(E.isLeft(result) && result.left).toMatch(/'warp'/)
  })
})

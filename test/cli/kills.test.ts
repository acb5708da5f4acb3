/**
 * Trainings that are killed, and told to stop, at random moments: each goes on and ends with the bits of one that was never
 * stopped. SADDLEPOINT_KILLS and SADDLEPOINT_INTERRUPTS say how many; SADDLEPOINT_SEED repeats the moments of another time.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { contentOf } from '../run/folders.ts'
import { bundled } from './bundled.ts'

const [kills, interrupts, seed] = [
  ['SADDLEPOINT_KILLS', 5],
  ['SADDLEPOINT_INTERRUPTS', 3],
  ['SADDLEPOINT_SEED', 1]
].map(([name, usual]) => Number(process.env[String(name)] ?? usual)) as [number, number, number]

/** Numbers in [0, 1) from the seed. */
let drawn = seed
const random = (): number => {
  drawn = (Math.imul(drawn, 1664525) + 1013904223) >>> 0
  return drawn / 2 ** 32
}

/** Tiny images, so that most of the time goes into files. */
const module = `
import { Gan, Loss, Net, Opt, Prior, Random, pipe } from 'saddlepoint'
const adam = Opt.adam({ learningRate: 0.01 })
const sample = (key, n) => Random.uniform(key, [n, 1, 3, 3])
export const data = { name: 'noise', shape: [1, 3, 3], sample, batches: () => ({ from: () => [] }) }
export const [batchSize, steps] = [4, 60]
export default pipe(
  Gan.between({
    generator: Net.serial(Net.dense(2, 9), Net.tanh, Net.reshape([1, 3, 3])),
    discriminator: Net.serial(Net.flatten, Net.dense(9, 1)),
    prior: Prior.normal([2])
  }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withOptimizer('generator', adam),
  Gan.withOptimizer('discriminator', adam)
)`

let folder = ''
let program = ''
let whole: Readonly<Record<string, string>> = {}

interface Moment {
  readonly signal: NodeJS.Signals
  /** After so many records of its output, the start of the training among them; 0: before it said anything. */
  readonly records: number
  readonly milliseconds: number
}

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly err: string
}

/** Trains in a folder, and sends a signal at a moment. */
const train = (name: string, moment?: Moment): Promise<Ended> =>
  new Promise((resolve) => {
    const words = ['train', join(folder, 'spec.mjs'), '--out', join(folder, name), '--every', '3', '--resume', '--json']
    const child = spawn(process.execPath, [program, ...words, '--engine', 'wasm'])
    let [err, records] = ['', 0]
    const strike = (): void => {
      if (moment !== undefined) setTimeout(() => child.kill(moment.signal), moment.milliseconds)
    }
    if (moment?.records === 0) strike()
    child.stderr.on('data', (text: Buffer) => (err += text.toString()))
    child.stdout.on('data', (text: Buffer) => {
      for (const letter of text.toString()) if (letter === '\n' && ++records === moment?.records) strike()
    })
    child.on('close', (code, signal) => {
      resolve({ code, signal, err })
    })
  })

const momentOf = (signal: NodeJS.Signals): Moment => {
  const records = random() < 0.2 ? 0 : 1 + Math.floor(random() * 20)
  return { signal, records, milliseconds: random() * (records === 0 ? 600 : 15) }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'saddlepoint-kills-'))
  writeFileSync(join(folder, 'spec.mjs'), module)
  program = await bundled()
  const { code, err } = await train('whole')
  if (code !== 0) throw new Error(err)
  whole = contentOf(join(folder, 'whole'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  rmSync(dirname(dirname(program)), { recursive: true, force: true })
})

/** Strikes a training again and again, and lets it end; so many strikes a run. */
const struck = async (signal: NodeJS.Signals, count: number, perRun: number): Promise<readonly Ended[]> => {
  const ends: Ended[] = []
  for (let done = 0; done < count; done += perRun) {
    for (let i = 0; i < Math.min(perRun, count - done); i++) ends.push(await train('parts', momentOf(signal)))
    const { code, err } = await train('parts')
    expect([code, err]).toEqual([0, ''])
    expect(contentOf(join(folder, 'parts'))).toEqual(whole)
    rmSync(join(folder, 'parts'), { recursive: true })
  }
  return ends
}

const patient = { timeout: 60_000 + 20_000 * (kills + interrupts) }

it('a training that is killed goes on to the same bits, and leaves no other file', patient, async () => {
  const ends = await struck('SIGKILL', kills, 5)
  // Some strikes come late; most must not.
  expect(ends.filter(({ signal }) => signal === 'SIGKILL').length).toBeGreaterThan(kills / 2)
})

it('a training that is told to stop says so with its status, and goes on to the same bits', patient, async () => {
  const ends = await struck('SIGINT', interrupts, 3)
  for (const { code, signal, err } of ends) {
    if (signal === 'SIGINT' || code === 0) continue
    expect([code, err]).toEqual([
      130,
      expect.stringMatching(/stopping after this step[^]*is at step \d+: the same command with --resume/)
    ])
  }
  expect(ends.filter(({ code }) => code === 130).length).toBeGreaterThan(0)
})

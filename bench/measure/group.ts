import type { Group } from './bench.ts'
import type { Contestant } from './contestant.ts'
import { floorContestant, ourContestant, peerContestant, rowOf } from './contestant.ts'
import { flopsOf } from './flops.ts'
import type { Job, Subject } from './job.ts'
import { inTurns } from './measure.ts'
import type { Options } from './options.ts'
import type { Peer } from './peer.ts'
import { startPeer } from './peer.ts'
import type { Platform } from './platform.ts'
import { threadsOf } from './platform.ts'
import type { Row } from '../report/row.ts'
import type { Stored } from '../report/stored.ts'
import { misfit, storedFor } from '../report/stored.ts'

/** What groups are measured with. */
export interface Setting {
  readonly options: Options
  readonly platform: Platform
  readonly print: (row: Row) => void
}

interface NamedPeer {
  readonly name: string
  readonly peer: Peer
}

const lossesOf = (job: Job, { losses }: Options): number => Math.min(losses, job.losses ?? losses)

/** The peers that have this step; for each of the others a line that says why not. */
const startPeers = async (job: Job, { options, print }: Setting): Promise<readonly NamedPeer[]> => {
  const started: NamedPeer[] = []
  for (const name of options.peers) {
    const { threads, tf32 } = options
    const peer =
      job.script === undefined
        ? { missing: 'no peer has this step' }
        : await startPeer(name, job.script, { threads, losses: lossesOf(job, options), sizes: job.sizes, tf32 })
    if ('missing' in peer) print({ name: job.name, engine: name, peer: name, missing: peer.missing })
    else started.push({ name, peer })
  }
  return started
}

/** The reference engine computes no more than this to check sizes that nothing is stored for. */
const affordableFlops = 3e10

/** What the first values should be: as stored, or as a peer or the reference engine has them at these very sizes. */
const expectedFor = async (job: Job, subject: Subject, peers: readonly NamedPeer[]): Promise<Stored | undefined> => {
  const stored = storedFor(job.name)
  const [known] = peers
  if (stored !== undefined) return stored
  if (known !== undefined) return { by: known.peer.library, values: known.peer.first }
  if (subject.engine.startsWith('reference') || subject.flops > affordableFlops) return undefined
  const reference = await job.start('reference', 1)
  if ('missing' in reference) return undefined
  reference.dispose()
  return { by: 'the reference engine', values: reference.first }
}

const ranOn = (options: Options, { executor }: Subject): Pick<Row, 'threads'> => {
  const threads = threadsOf(options, executor)
  return threads === undefined ? {} : { threads }
}

const gigas = (flops: number): string => String(Number((flops / 1e9).toPrecision(2)))

/** Our step and those of its peers; none, and a line that says so, where it fails or its first values are wrong. */
const contestantsFor = async (job: Job, setting: Setting): Promise<readonly Contestant[]> => {
  const { options, platform, print } = setting
  const { engine, mostFlops, adapter, software } = platform
  const where = { ...(adapter === undefined ? {} : { adapter }), ...(software === undefined ? {} : { software }) }
  const leaveOut = (why: Pick<Row, 'failed' | 'missing'>): readonly Contestant[] => {
    print({ name: job.name, engine: typeof engine === 'string' ? engine : engine.name, ...where, ...why })
    return []
  }
  const fail = (failed: string): readonly Contestant[] => leaveOut({ failed })
  const flops = mostFlops === undefined ? 0 : flopsOf(job.program())
  if (mostFlops !== undefined && flops > mostFlops)
    return leaveOut({ missing: `too slow here: ${gigas(flops)} GFLOP a step, at most ${gigas(mostFlops)} are run` })
  const peers = await startPeers(job, setting)
  const disposePeers = (): void => {
    for (const { peer } of peers) peer.dispose()
  }
  try {
    const subject = await job.start(engine, lossesOf(job, options))
    if ('missing' in subject) {
      disposePeers()
      return leaveOut(subject)
    }
    const expected = await expectedFor(job, subject, peers)
    const wrong = expected === undefined ? undefined : misfit(subject.first, expected.values)
    if (wrong !== undefined) {
      subject.dispose()
      disposePeers()
      return fail(`${wrong}, as ${expected!.by} has it`)
    }
    const agreement = (values: readonly number[]): string => {
      const off = misfit(values, (expected ?? { values: subject.first }).values)
      return off === undefined ? 'values agree' : `values DISAGREE: ${off}`
    }
    const checked = expected === undefined ? 'unchecked' : `agrees with ${expected.by}`
    return [
      await ourContestant(job, subject, { ...where, ...ranOn(options, subject) }, checked, options.explain),
      ...peers.map(({ name, peer }) => peerContestant(job, subject.flops, name, peer, agreement(peer.first)))
    ]
  } catch (cause) {
    disposePeers()
    return fail(cause instanceof Error ? cause.message : String(cause))
  }
}

/** Measures a group in turns and prints its rows. */
export const measureGroup = async ({ jobs, floors = [] }: Group, setting: Setting): Promise<void> => {
  const contestants: Contestant[] = []
  for (const job of jobs) contestants.push(...(await contestantsFor(job, setting)))
  if (contestants.length > 0) for (const floor of floors) contestants.push(await floorContestant(floor))
  try {
    const timings = await inTurns(
      contestants.map(({ runner }) => runner),
      setting.options.samples
    )
    const others = new Map(contestants.map(({ name, flops }, i) => [name, { flops, timing: timings[i]! }]))
    contestants.forEach((contestant, i) => {
      setting.print(rowOf(contestant, timings[i]!, others))
    })
  } finally {
    for (const { dispose } of contestants) dispose()
  }
}

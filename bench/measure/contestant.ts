import type { Floor } from './bench.ts'
import type { Job, Subject } from './job.ts'
import type { Runner, Timing } from './measure.ts'
import { runnerOf } from './measure.ts'
import type { Peer } from './peer.ts'
import type { Row } from '../report/row.ts'

/** Who takes turns in a group, and what of its row is known before. */
export interface Contestant {
  readonly name: string
  readonly runner: Runner
  readonly known: Row
  readonly flops: number
  readonly bytes: number | undefined
  readonly against: string | undefined
  readonly rateAgainst: string | undefined
  readonly peakBytes: () => number
  readonly dispose: () => void
}

const ownPeak = (): number => process.resourceUsage().maxRSS * 1024

export const ourContestant = async (
  job: Job,
  subject: Subject,
  ran: Pick<Row, 'threads' | 'adapter' | 'software'>,
  checked: string,
  explained: boolean
): Promise<Contestant> => ({
  name: job.name,
  runner: await runnerOf(subject.advance),
  known: {
    name: job.name,
    engine: subject.engine,
    ...ran,
    ...(subject.executor === undefined ? {} : { executor: subject.executor }),
    compileMs: subject.compileMs,
    checked,
    ...(explained ? { explanation: subject.explain() } : {}),
    ...(job.rateAgainst === undefined ? {} : { sizes: job.sizes }),
    ...(job.bar === undefined ? {} : { bar: job.bar }),
    ...(job.msBar === undefined ? {} : { msBar: job.msBar })
  },
  flops: subject.flops,
  bytes: job.bytes,
  against: job.against,
  rateAgainst: job.rateAgainst,
  peakBytes: ownPeak,
  dispose: subject.dispose
})

export const peerContestant = (job: Job, flops: number, name: string, peer: Peer, checked: string): Contestant => ({
  name: `${job.name} on ${name}`,
  runner: peer,
  known: {
    name: job.name,
    engine: peer.library,
    peer: name,
    threads: peer.threads,
    compileMs: peer.compileMs,
    checked
  },
  flops,
  bytes: job.bytes,
  against: job.name,
  rateAgainst: undefined,
  peakBytes: peer.peakBytes,
  dispose: peer.dispose
})

export const floorContestant = async ({ name, bytes, advance }: Floor): Promise<Contestant> => ({
  name,
  runner: await runnerOf(advance),
  known: { name, engine: 'JavaScript', threads: 1 },
  flops: 0,
  bytes,
  against: undefined,
  rateAgainst: undefined,
  peakBytes: ownPeak,
  dispose: () => undefined
})

/** The row of a contestant, given everybody's times. */
export const rowOf = (
  { known, flops, bytes, against, rateAgainst, peakBytes }: Contestant,
  timing: Timing,
  others: ReadonlyMap<string, { readonly flops: number; readonly timing: Timing }>
): Row => {
  const base = against === undefined ? undefined : others.get(against)
  const rateBase = rateAgainst === undefined ? undefined : others.get(rateAgainst)
  const perMs = flops / timing.msPerStep
  return {
    ...known,
    ...timing,
    ...(flops === 0 ? {} : { flops, gflops: perMs / 1e6 }),
    ...(bytes === undefined ? {} : { gbps: bytes / timing.msPerStep / 1e6 }),
    peakBytes: peakBytes(),
    ...(base === undefined
      ? {}
      : {
          ratio: timing.msPerStep / base.timing.msPerStep,
          cpuRatio: timing.cpuMsPerStep / base.timing.cpuMsPerStep,
          to: against!
        }),
    ...(rateBase === undefined
      ? {}
      : { rateRatio: perMs / (rateBase.flops / rateBase.timing.msPerStep), to: rateAgainst! })
  }
}

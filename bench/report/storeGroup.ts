import type { Group } from '../measure/bench.ts'
import type { Setting } from '../measure/group.ts'
import type { Job } from '../measure/job.ts'
import { startPeer } from '../measure/peer.ts'
import type { Stored } from './stored.ts'
import { store } from './stored.ts'

/** As many losses as are worth keeping: further on, rounding decides. */
const kept = 8

const valuesOf = async (job: Job): Promise<Stored> => {
  const losses = job.losses ?? kept
  const peer =
    job.script === undefined
      ? undefined
      : await startPeer('torch', job.script, { threads: 1, losses, sizes: job.sizes })
  if (peer !== undefined && !('missing' in peer)) {
    peer.dispose()
    return { by: peer.library, values: peer.first }
  }
  const subject = await job.start('reference:float64', losses)
  if ('missing' in subject) throw new Error(subject.missing)
  subject.dispose()
  return { by: subject.engine, values: subject.first }
}

/** Computes what the jobs of a group are checked against: by PyTorch where it has the step, else in double precision. */
export const storeGroup = async ({ jobs }: Group, { print }: Setting): Promise<void> => {
  for (const job of jobs) {
    const stored = await valuesOf(job)
    store(job.name, stored)
    print({ name: job.name, engine: stored.by, checked: `stored ${String(stored.values.length)} values` })
  }
}

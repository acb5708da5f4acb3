/** A sweep that workers on other machines do: this process says what is to be done, and again what was lost. */
import type { Queue } from 'bullmq'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issues } from '../../gan/check/issue.ts'
import type { Signal } from '../../gan/train/signal.ts'
import type { Sweep } from './folder.ts'
import type { Job } from './job.ts'
import { merge } from './merge.ts'
import { idOf, loadQueues, openServer, queueOf } from './queue.ts'
import type { Result } from './results.ts'
import { resultOf, resultsOf } from './results.ts'

export interface OverMachinesOptions {
  readonly signal?: Signal
  /** Hears of a run that ended, or was found to have ended before. */
  readonly onResult?: (result: Result) => void
  /** Is given the queue, to show it. */
  readonly onQueue?: (queue: Queue) => void
  /** Milliseconds between two looks at the queue: 1000 by default. */
  readonly interval?: number
}

/** A run is tried until it ends: workers that die or are busy are no fault of its own. */
const jobOptions = {
  attempts: 1_000_000,
  backoff: { type: 'fixed', delay: 1000 },
  removeOnComplete: true,
  removeOnFail: true
} as const

const present = ['waiting', 'active', 'delayed', 'prioritized'] as const

const add = async (queue: Queue, jobs: readonly Job[]): Promise<void> => {
  // A run that is there already stays as it is.
  await queue.addBulk(jobs.map(({ name }) => ({ name: 'run', data: { run: name }, opts: { ...jobOptions, jobId: idOf(name) } }))) // prettier-ignore
}

const pauseOf = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })

/** Waits until every run has ended, and adds those again that the server has forgotten. */
const watched = async (
  folder: string,
  sweep: Sweep,
  queue: Queue,
  { signal, onResult, interval = 1000 }: OverMachinesOptions
): Promise<void> => {
  const before = await resultsOf(folder, sweep)()
  for (const result of before) if (result.status === 'done') onResult?.(result)
  let left = before.filter(({ status }) => status !== 'done').map(({ job }) => job)
  await add(queue, left)
  while (left.length > 0 && signal?.aborted !== true) {
    await pauseOf(interval)
    const there = new Set((await queue.getJobs([...present])).map((job) => job.id))
    const going: Job[] = []
    for (const job of left) {
      // Between two lists a run may be seen in neither: its own state says.
      const isThere = there.has(idOf(job.name)) || (await queue.getJobState(idOf(job.name))) !== 'unknown'
      const result = isThere ? undefined : await resultOf(folder, job)()
      if (result !== undefined && (result.status === 'done' || result.status === 'failed')) onResult?.(result)
      else {
        going.push(job)
        if (!isThere) await add(queue, [job])
      }
    }
    left = going
  }
}

/**
 * Has the runs of a sweep done by workers that see its folder, and merges what they come to. The queue may be lost, and Redis
 * begin anew: what has not ended is asked for again, and nothing ends twice, since folders say what has.
 */
export const sweepOver = (
  folder: string,
  sweep: Sweep,
  address: string,
  options: OverMachinesOptions = {}
): TE.TaskEither<Issues, readonly Result[]> =>
  pipe(
    loadQueues,
    TE.bindTo('queues'),
    TE.bind('server', ({ queues }) => openServer(queues, address)),
    TE.chain(({ queues, server }) =>
      pipe(
        TE.fromTask<unknown, Issues>(async () => {
          const queue = queueOf(queues, server, sweep)
          queue.on('error', () => undefined)
          options.onQueue?.(queue)
          await watched(folder, sweep, queue, options)
          await queue.close()
          server.close()
        }),
        TE.chain(() => merge(folder, sweep))
      )
    )
  )

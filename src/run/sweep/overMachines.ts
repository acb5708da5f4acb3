/** A sweep that workers on other machines do: this process says what is to be done, and again what was lost. */
import type { Queue } from 'bullmq'
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import type { Issues } from '../../gan/check/issue.ts'
import { readIssues } from '../../gan/check/issue.ts'
import type { Signal } from '../../gan/train/signal.ts'
import type { None } from '../../tensor/arguments.ts'
import type { Rules } from '../../tensor/options.ts'
import { anyFunction, anything, count, optional, readOptions, text } from '../../tensor/options.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { Dashboard } from './dashboard.ts'
import { openDashboard } from './dashboard.ts'
import type { Sweep } from './folder.ts'
import { openSweep } from './folder.ts'
import type { Grid } from './grid.ts'
import { runsOf } from './grid.ts'
import type { Job } from './job.ts'
import { merge } from './merge.ts'
import { idOf, loadQueues, openServer, queueOf } from './queue.ts'
import type { Result } from './results.ts'
import { resultOf, resultsOf } from './results.ts'

export interface OverMachinesOptions {
  readonly signal?: Signal
  /** Hears of a run that ended, or was found to have ended before. */
  readonly onResult?: (result: Result) => void
  /** Shows the queue as a web page (bull-board): by default on this machine alone, at a port that is free. */
  readonly dashboard?: { readonly port?: number; readonly host?: string }
  /** Hears of the address of that page. */
  readonly onDashboard?: (address: string) => void
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

const opened = (
  queue: Queue,
  { dashboard, onDashboard }: OverMachinesOptions
): TE.TaskEither<Issues, Dashboard | undefined> =>
  dashboard === undefined
    ? TE.right(undefined)
    : pipe(
        openDashboard(queue, dashboard),
        TE.map((board) => {
          onDashboard?.(board.address)
          return board
        })
      )

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
        async () => {
          const queue = queueOf(queues, server, sweep)
          queue.on('error', () => undefined)
          const board = await opened(queue, options)()
          if (E.isRight(board)) await watched(folder, sweep, queue, options)
          if (E.isRight(board)) await board.right?.close()
          await queue.close()
          server.close()
          return board
        },
        TE.chain(() => merge(folder, sweep))
      )
    )
  )

const isPlace = (x: unknown): boolean => isRecord(x) && (x['port'] === undefined || Number.isInteger(x['port']))
const rules: Rules = {
  folder: text,
  address: text,
  signal: anything,
  onResult: optional(anyFunction),
  onDashboard: optional(anyFunction),
  dashboard: optional({ expected: '{ port, host }', accepts: isPlace }),
  interval: optional(count)
}

/**
 * Does every run of a grid as `Sweep.run` does, but by workers (`Sweep.work`), on as many machines as see the same folder,
 * which hear of runs by a queue on a Redis server (the packages bullmq and ioredis). A worker that dies, a machine that
 * vanishes, a server that begins anew: each run goes on from its last checkpoint elsewhere, to the same bits. For Node.
 *
 * @returns as `Sweep.run`; Left also where the server cannot be reached, or a package is not installed. Never rejects.
 *
 * @example
 * import { E } from 'saddlepoint'
 * import { Sweep } from 'saddlepoint/run'
 * const grid = { specs: ['r1'], seeds: 2, data: 'ring', batchSize: 64, steps: 1000 } as const
 * const swept = await Sweep.runOver('/dev/null/sweep', grid, 'redis://127.0.0.1:6379')()
 * E.isLeft(swept) && swept.left[0].path // => ['/dev/null/sweep']
 */
export const runOver = (
  folder: string,
  grid: Grid,
  address: string,
  options: OverMachinesOptions = {},
  ...more: None
): TE.TaskEither<Issues, readonly Result[]> =>
  pipe(
    TE.fromEither(
      readIssues<OverMachinesOptions>('sweep', () => readOptions({}, options, rules, { folder, address }, more))
    ),
    TE.bindTo('all'),
    TE.bind('sweep', () =>
      pipe(
        TE.fromEither(runsOf(grid)),
        TE.chain((jobs) => openSweep(folder, jobs))
      )
    ),
    TE.chain(({ all, sweep }) => sweepOver(folder, sweep, address, all))
  )

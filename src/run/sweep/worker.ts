import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import type { Issues } from '../../gan/check/issue.ts'
import { readIssues } from '../../gan/check/issue.ts'
import type { Signal } from '../../gan/train/signal.ts'
import type { None } from '../../tensor/arguments.ts'
import type { Rules } from '../../tensor/options.ts'
import { anyFunction, anything, count, flag, optional, readOptions, text } from '../../tensor/options.ts'
import type { Sweep } from './folder.ts'
import { readSweep } from './folder.ts'
import type { Job } from './job.ts'
import { noted } from './noted.ts'
import type { PoolOptions } from './pool.ts'
import { poolOf } from './pool.ts'
import { loadQueues, openServer, prefix, queueName } from './queue.ts'
import type { Result } from './results.ts'
import { resultOf, resultsOf } from './results.ts'

export interface WorkerOptions extends PoolOptions {
  /** The folder in which modules of specs lie: the current one by default. */
  readonly modules?: string
  /** The folder in which data lie: the current one by default. */
  readonly data?: string
  /** Stops the worker: its runs keep where they are, and others go on with them. */
  readonly signal?: Signal
  /** Leaves when every run of the sweep has ended; by default it waits for more. */
  readonly untilDone?: boolean
  /** Milliseconds after which a worker that is not heard of is taken for dead: 30,000 by default. */
  readonly silence?: number
  /** Hears of a run that ended here. */
  readonly onResult?: (result: Result) => void
  /** Hears that it takes runs now. */
  readonly onReady?: () => void
}

/** Milliseconds between two looks whether there is anything left. */
const interval = 2000

const pauseOf = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })

/** Waits for a sweep in a folder, which may come later than its workers. */
const awaited =
  (folder: string, signal: Signal | undefined): TE.TaskEither<Issues, Sweep> =>
  async () => {
    for (;;) {
      const read = await readSweep(folder)()
      if (
        E.isRight(read) ||
        !read.left.every(({ expected }) => expected === 'a readable file') ||
        signal?.aborted === true
      )
        return read
      await pauseOf(interval)
    }
  }

const hasEnded = ({ status }: Result): boolean => status === 'done' || status === 'failed'

const rules: Rules = {
  folder: text,
  address: text,
  runners: optional(count),
  modules: optional(text),
  data: optional(text),
  program: anything,
  signal: anything,
  untilDone: optional(flag),
  silence: optional(count),
  onStep: optional(anyFunction),
  onDeath: optional(anyFunction),
  onResult: optional(anyFunction),
  onReady: optional(anyFunction)
}

const worked = (folder: string, address: string, options: WorkerOptions): TE.TaskEither<Issues, void> => {
  const { modules = process.cwd(), data = process.cwd(), signal, untilDone = false, silence = 30_000 } = options
  return pipe(
    loadQueues,
    TE.bindTo('queues'),
    TE.bind('server', ({ queues }) => openServer(queues, address)),
    TE.bind('sweep', () => awaited(folder, signal)),
    TE.chain(({ queues, server, sweep: first }) =>
      TE.fromTask(async () => {
        let sweep = first
        const pool = poolOf({ folder, modules, data }, options)
        const jobOf = async (name: unknown): Promise<Job | undefined> => {
          const known = sweep.jobs.find((job) => job.name === name)
          if (known !== undefined) return known
          // The grid may have grown.
          const read = await readSweep(folder)()
          if (E.isRight(read)) sweep = read.right
          return sweep.jobs.find((job) => job.name === name)
        }
        const done = async ({ data: asked }: { readonly data: unknown }): Promise<void> => {
          const job = await jobOf((asked as { readonly run?: unknown } | null)?.run)
          if (job === undefined || (await resultOf(folder, job)()).status === 'done') return
          const outcome = await pool.run(job)
          if (outcome.ended === 'busy' || outcome.ended === 'aborted')
            // eslint-disable-next-line no-restricted-syntax -- so BullMQ is told that the run is to be done again
            throw new Error(outcome.ended)
          await noted(folder, job, outcome)()
          options.onResult?.(await resultOf(folder, job)())
        }
        const worker = new queues.Worker(queueName(sweep), done, {
          connection: server.connect(),
          prefix,
          concurrency: pool.size,
          lockDuration: silence,
          stalledInterval: silence / 2,
          maxStalledCount: 1_000_000
        })
        worker.on('error', () => undefined)
        await worker.waitUntilReady()
        options.onReady?.()
        const isOver = async (): Promise<boolean> =>
          untilDone && pool.pids().length === 0 && (await resultsOf(folder, sweep)()).every(hasEnded)
        while (signal?.aborted !== true && !(await isOver())) await pauseOf(Math.min(interval, silence))
        const stopped = pool.close()
        await worker.close()
        await stopped
        server.close()
      })
    )
  )
}

/**
 * Takes runs of the sweep of a folder from its queue on a Redis server, as many at once as there are runners, until it
 * is told to stop. The queue gives names, which the folder says the meaning of: nothing that comes from it is code or a path.
 * Modules of specs, and data that are no set by name, lie in folders of the worker's own. For Node.
 *
 * @returns Left: the server cannot be reached, a package is not installed, or the folder is no sweep's. Never rejects.
 *
 * @example
 * import { E } from 'saddlepoint'
 * import { Sweep } from 'saddlepoint/run'
 * const worked = await Sweep.work('sweeps/first', 'http://127.0.0.1')()
 * E.isLeft(worked) && worked.left[0].expected // => 'redis://host:port, or rediss://user:password@host:port'
 */
export const work = (
  folder: string,
  address: string,
  options: WorkerOptions = {},
  ...more: None
): TE.TaskEither<Issues, void> =>
  pipe(
    TE.fromEither(
      readIssues<WorkerOptions>('worker', () => readOptions({}, options, rules, { folder, address }, more))
    ),
    TE.chain((all) => worked(folder, address, all))
  )

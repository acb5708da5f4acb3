import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issues } from '../../gan/check/issue.ts'
import { readIssues } from '../../gan/check/issue.ts'
import type { None } from '../../tensor/arguments.ts'
import type { Rules } from '../../tensor/options.ts'
import { anyFunction, anything, count, optional, readOptions, text } from '../../tensor/options.ts'
import type { Signal } from '../../gan/train/signal.ts'
import type { Sweep } from './folder.ts'
import { openSweep, readSweep } from './folder.ts'
import type { Grid } from './grid.ts'
import { runsOf } from './grid.ts'
import type { Job } from './job.ts'
import type { Pool, PoolOptions } from './pool.ts'
import { poolOf } from './pool.ts'
import type { Result } from './results.ts'
import { merge } from './merge.ts'
import { noted } from './noted.ts'
import { resultOf, resultsOf } from './results.ts'

export interface SweepOptions extends PoolOptions {
  /** The folder in which modules of specs lie: the current one by default. */
  readonly modules?: string
  /** Stops the sweep; every run keeps where it is. */
  readonly signal?: Signal
  /** Hears of a run that ended, or was found to have ended before. */
  readonly onResult?: (result: Result) => void
}

/** Milliseconds until a run is asked for again at which another process is. */
const patience = 2000

const rules: Rules = {
  folder: text,
  runners: optional(count),
  modules: optional(text),
  program: anything,
  signal: anything,
  onStep: optional(anyFunction),
  onDeath: optional(anyFunction),
  onResult: optional(anyFunction)
}

const pauseOf = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })

/** Does one run to its end, unless the sweep is stopped. */
const finished = async (folder: string, job: Job, pool: Pool, { signal, onResult }: SweepOptions): Promise<void> => {
  const before = await resultOf(folder, job)()
  if (before.status !== 'done') {
    let outcome = await pool.run(job)
    while (outcome.ended === 'busy' && signal?.aborted !== true) {
      await pauseOf(patience)
      outcome = await pool.run(job)
    }
    await noted(folder, job, outcome)()
    if (outcome.ended !== 'done' && outcome.ended !== 'failed') return
  }
  onResult?.(await resultOf(folder, job)())
}

/** Does the runs of a sweep on this machine. */
const swept = async (folder: string, sweep: Sweep, options: SweepOptions): Promise<void> => {
  const { modules = process.cwd(), signal, ...pooled } = options
  const pool = poolOf({ folder, modules }, pooled)
  const watch = setInterval(() => {
    if (signal?.aborted === true) void pool.close()
  }, 100)
  const left = [...sweep.jobs]
  const next = async (): Promise<void> => {
    for (let job = left.shift(); job !== undefined && signal?.aborted !== true; job = left.shift())
      await finished(folder, job, pool, options)
  }
  await Promise.all(Array.from({ length: Math.min(pool.size, left.length) }, next))
  clearInterval(watch)
  await pool.close()
}

/**
 * Does every run of a grid, each in a folder of its own below `runs`, in processes of this machine, and merges what
 * they come to: results.jsonl, results.csv and report.html. A process that dies is replaced, and its run goes on from the
 * last checkpoint; a sweep that was stopped, or whose grid has grown, goes on where it was, and tries again what failed. A run has
 * the bits of one that is trained alone. For Node.
 *
 * @returns Right: a result for every run, failed ones too. Left: what is wrong with the grid or the folder. Never rejects.
 *
 * @example
 * import { E } from 'saddlepoint'
 * import { Sweep } from 'saddlepoint/run'
 * const grid = { specs: ['r2'], seeds: 2, data: 'ring', batchSize: 64, steps: 1000 }
 * const swept = await Sweep.run('sweeps/first', grid)()
 * E.isLeft(swept) && swept.left[0].hint // => 'Did you mean r1?'
 */
export const run = (
  folder: string,
  grid: Grid,
  options: SweepOptions = {},
  ...more: None
): TE.TaskEither<Issues, readonly Result[]> =>
  pipe(
    TE.fromEither(readIssues<SweepOptions>('sweep', () => readOptions({}, options, rules, { folder }, more))),
    TE.bindTo('all'),
    TE.bind('sweep', () =>
      pipe(
        TE.fromEither(runsOf(grid)),
        TE.chain((jobs) => openSweep(folder, jobs))
      )
    ),
    TE.chain(({ all, sweep }) =>
      pipe(
        TE.fromTask<unknown, Issues>(() => swept(folder, sweep, all)),
        TE.chain(() => merge(folder, sweep))
      )
    )
  )

/**
 * Reads what the runs of a sweep's folder came to so far, finished or not.
 *
 * @example
 * import { E } from 'saddlepoint'
 * import { Sweep } from 'saddlepoint/run'
 * const results = await Sweep.results('/dev/null/sweep')()
 * E.isLeft(results) && results.left[0].expected // => 'a readable file'
 */
export const results = (folder: string, ...more: None): TE.TaskEither<Issues, readonly Result[]> =>
  pipe(
    TE.fromEither(readIssues('sweep', () => readOptions({}, {}, { folder: text }, { folder }, more))),
    TE.chain(() => readSweep(folder)),
    TE.chain((sweep) => TE.fromTask(resultsOf(folder, sweep)))
  )

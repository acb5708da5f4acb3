import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issues } from '../gan/check/issue.ts'
import { readIssues } from '../gan/check/issue.ts'
import type { Measurement } from '../gan/train/probe.ts'
import type { None } from '../tensor/arguments.ts'
import { readOptions, text } from '../tensor/options.ts'
import { files } from './folder.ts'
import { issueOfRun } from './issueOfRun.ts'
import type { Heading, Look, Means } from './journal.ts'
import { isEnding, isLook, isMeans, isMeasured, measurementOf, readJournal } from './journal.ts'

/** Holds what a run has written down of itself, in the order of its steps. */
export interface RunRecord {
  /** Data, seed, batch size, steps and engine, by name. */
  readonly run: Heading['run']
  /** The last step that anything is told of. */
  readonly step: number
  /** How it ended; undefined of one that is under way, or was stopped. */
  readonly ended: 'done' | 'exhausted' | 'failed' | undefined
  /** Means of the figures of steps: losses, terms, gradient norms. */
  readonly means: readonly Means[]
  /** Scores of samples, at each checkpoint. */
  readonly looks: readonly Look[]
  /** What probes measured: `Gan.measurementsOf(probe, record)` picks those of one. */
  readonly measurements: readonly Measurement[]
}

/**
 * Reads what a run has written down of itself in the folder in which `Run.train` trains it, also while it is under way. What
 * probes measured comes back as it was measured, infinities and all. For Node.
 *
 * @returns Left: the folder is of no run, or cannot be read. Never rejects.
 *
 * @example
 * import { E } from 'saddlepoint'
 * import { Run } from 'saddlepoint/run'
 * const read = await Run.read('/dev/null/run')()
 * E.isLeft(read) && read.left[0].path // => ['/dev/null/run/metrics.jsonl']
 */
export const read = (folder: string, ...more: None): TE.TaskEither<Issues, RunRecord> =>
  pipe(
    TE.fromEither(readIssues('read', () => readOptions({}, { folder }, { folder: text }, {}, more))),
    TE.chain(() => pipe(readJournal(`${folder}/${files.metrics}`), TE.mapLeft(issueOfRun))),
    TE.map(({ heading, entries }) => ({
      run: heading.run,
      step: entries.at(-1)?.step ?? 0,
      ended: entries.findLast(isEnding)?.ended,
      means: entries.filter(isMeans),
      looks: entries.filter(isLook),
      measurements: entries.filter(isMeasured).map(measurementOf)
    }))
  )

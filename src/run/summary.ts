import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../io/fileIssue.ts'
import { readBytes, writeAtomically } from '../io/files.ts'
import { writeReport } from '../io/report.ts'
import { files } from './folder.ts'
import { isLook, isMeans, readJournal } from './journal.ts'
import { reportOf } from './report.ts'

/** Says what a session took. */
export interface Took {
  readonly stopped: string
  readonly engine: string
  readonly stepsDone: number
  readonly seconds: number
}

/** Draws the picture of the last look at the top of the folder, where it is found. */
const lastPicture = (folder: string, samples: string | undefined): TE.TaskEither<FileIssue, void> =>
  samples === undefined
    ? TE.right(undefined)
    : pipe(
        readBytes(`${folder}/${samples}`),
        TE.chain((bytes) => writeAtomically(`${folder}/${files.picture}`, bytes))
      )

/** Writes what a run has come to: metrics.json, samples.png and report.html. */
export const summarize = (
  folder: string,
  { stopped, engine, stepsDone, seconds }: Took
): TE.TaskEither<FileIssue, void> =>
  pipe(
    readJournal(`${folder}/${files.metrics}`),
    TE.chain(({ heading, entries }) => {
      const look = entries.findLast(isLook)
      const summary = {
        ...heading.run,
        steps: entries.at(-1)?.step ?? 0,
        stopped,
        engine,
        ...look?.scores,
        figures: entries.findLast(isMeans)?.figures ?? {},
        seconds: Number(seconds.toFixed(2)),
        stepsPerSecond: Number((stepsDone / Math.max(seconds, 1e-9)).toFixed(1))
      }
      return pipe(
        writeAtomically(`${folder}/${files.summary}`, `${JSON.stringify(summary, null, 2)}\n`),
        TE.chain(() => lastPicture(folder, look?.samples))
      )
    }),
    TE.chain(() => reportOf([folder])),
    TE.chain((page) => writeReport(`${folder}/${files.report}`, page))
  )

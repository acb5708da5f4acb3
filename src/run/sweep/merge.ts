import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issues } from '../../gan/check/issue.ts'
import { writeAtomically } from '../../io/files.ts'
import { issueOfRun } from '../issueOfRun.ts'
import { curvesOf } from './curves.ts'
import type { Sweep } from './folder.ts'
import { files } from './folder.ts'
import { sweepPage } from './page.ts'
import type { Result } from './results.ts'
import { resultsOf } from './results.ts'
import { csv, jsonLines, rowOf } from './table.ts'

/** Writes results as results.jsonl, results.csv and report.html of the sweep's folder. */
export const writeResults = (folder: string, results: readonly Result[]): TE.TaskEither<Issues, readonly Result[]> => {
  const rows = results.map(rowOf)
  return pipe(
    TE.fromTask<readonly string[], Issues>(() => curvesOf(results)),
    TE.chain((curves) =>
      pipe(
        [
          [files.results, jsonLines(rows)] as const,
          [files.table, csv(rows)] as const,
          [files.report, sweepPage(results, curves)] as const
        ],
        TE.traverseSeqArray(([name, text]) => writeAtomically(`${folder}/${name}`, text)),
        TE.bimap(issueOfRun, () => results)
      )
    )
  )
}

/** Reads the results of a sweep's folder and writes them as tables and a page. */
export const merge = (folder: string, sweep: Sweep): TE.TaskEither<Issues, readonly Result[]> =>
  pipe(
    TE.fromTask<readonly Result[], Issues>(resultsOf(folder, sweep)),
    TE.chain((results) => writeResults(folder, results))
  )

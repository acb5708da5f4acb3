import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issues } from '../../gan/check/issue.ts'
import { makeDirectory, removeFile, writeAtomically } from '../../io/files.ts'
import { showPath } from '../../tensor/tree.ts'
import { issueOfRun } from '../issueOfRun.ts'
import { failurePath, folders } from './folder.ts'
import type { Job } from './job.ts'
import type { Outcome } from './runJob.ts'

const showIssues = (issues: Issues): string =>
  issues.map(({ path, expected, actual, hint }) => `${showPath(path)}: expected ${expected}; got ${actual}. ${hint}`).join('\n') // prettier-ignore

/** Writes down that a run failed and why; takes the word back of one that is done. */
export const noted = (folder: string, job: Job, outcome: Outcome): TE.TaskEither<Issues, void> => {
  const file = `${folder}/${failurePath(job)}`
  const asIssues = TE.mapLeft(issueOfRun)
  if (outcome.ended === 'failed')
    return pipe(
      makeDirectory(`${folder}/${folders.failures}`),
      TE.chain(() => writeAtomically(file, `${JSON.stringify({ run: job.name, why: showIssues(outcome.issues) })}\n`)),
      asIssues
    )
  return outcome.ended === 'done' ? asIssues(removeFile(file)) : TE.right(undefined)
}

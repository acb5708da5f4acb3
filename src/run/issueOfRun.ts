import type { Issues } from '../gan/check/issue.ts'
import { issue } from '../gan/check/issue.ts'
import type { FileIssue } from '../io/fileIssue.ts'

/** Makes an issue of what is wrong with a file of a run. */
export const issueOfRun = ({ _tag, file, expected, actual, hint }: FileIssue): Issues => [
  issue(_tag === 'Busy' ? 'Busy' : 'BadFile', [file], expected, actual, hint ?? 'Give another folder')
]

import { Issue } from '../../../src/core.ts'
import type { IssueText } from './messages.ts'

/** Words an issue, its place and what to do about it. */
export const textOf = (issue: Issue.Issue): IssueText => ({
  path: issue.path,
  text: Issue.show([issue]).split('\n').slice(1).join('\n').trim(),
  isWarning: issue.severity === 'warning'
})

/** Words whatever was thrown by code of the reader's own. */
export const textOfThrown = (cause: unknown): IssueText => ({
  path: [],
  text: cause instanceof Error ? cause.message : String(cause),
  isWarning: false
})

import { Issue } from '../../../src/core.ts'
import type { IssueText } from './messages.ts'

/** What stacks call the code that a reader wrote. */
export const nameOfOwnCode = 'your-code.ts'

/** The line of the reader's code that threw, or called what did: the innermost that a stack names. */
const lineOf = (cause: unknown): { readonly line?: number } => {
  const told = cause instanceof Error ? /your-code\.ts:(\d+)/.exec(cause.stack ?? '') : null
  return told === null ? {} : { line: Number(told[1]) }
}

/** Words an issue, its place and what to do about it. */
export const textOf = (issue: Issue.Issue): IssueText => ({
  path: issue.path,
  text: Issue.show([issue]).split('\n').slice(1).join('\n').trim(),
  isWarning: issue.severity === 'warning',
  ...lineOf(issue.cause)
})

/** Words whatever was thrown by code of the reader's own. */
export const textOfThrown = (cause: unknown): IssueText => ({
  path: [],
  text: cause instanceof Error ? cause.message : String(cause),
  isWarning: false,
  ...lineOf(cause)
})

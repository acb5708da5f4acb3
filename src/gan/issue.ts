/** The namespace `Issue`: what is wrong with a spec, with data or in a run. */
export type { Issue, Issues, IssueTag } from './check/issue.ts'
export { show } from './check/issue.ts'

/** The namespace `Run`: trainings in folders, which last. For Node. */
export type { RunData } from './data.ts'
export type { Origin } from './description.ts'
export type { RunOptions } from './options.ts'
export type { RunResult } from './train.ts'
export { train } from './train.ts'
export type { RunRecord } from './read.ts'
export { read } from './read.ts'
export { report } from './report.ts'

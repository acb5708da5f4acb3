/** The namespace `Sweep`: many runs, over this machine or several. */
export type { ArmFigure, ArmSummary } from './arms.ts'
export { armsOf } from './arms.ts'
export type { Grid, GridSpec } from './grid.ts'
export { runsOf } from './grid.ts'
export type { Job, SpecSource } from './job.ts'
export type { Result, Status } from './results.ts'
export type { SweepOptions } from './sweep.ts'
export { results, run } from './sweep.ts'

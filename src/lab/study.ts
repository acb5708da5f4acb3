/** The namespace `Study`: what runs of several arms and seeds say, as pure functions of tables. */
export type { Arm, Row } from './study/arms.ts'
export { arms } from './study/arms.ts'
export type { Summary } from './study/summarize.ts'
export { column, summarize } from './study/summarize.ts'
export type { Difference } from './study/differences.ts'
export { differences } from './study/differences.ts'
export type { Correlation, CorrelationOptions } from './study/correlation.ts'
export { correlation } from './study/correlation.ts'

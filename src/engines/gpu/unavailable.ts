import type { FaultOf } from './faults.ts'

/** Why a mode has no device here: what it needs, what there is instead, and what to do. */
export const unavailable =
  (expected: string, actual: string, hint: string): FaultOf =>
  (engine) => ({ _tag: 'NotAvailable', engine, expected, actual, hint })

export const useAnother = "choose another engine, such as 'auto'"

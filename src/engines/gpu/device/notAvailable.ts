import type { FaultOf } from '../faultOf.ts'
import { fault } from '../faultOf.ts'

export const useAnother = "choose another engine, such as 'auto'"

/** Says why a mode has no device here: what it needs, what there is instead, and what to do. */
export const notAvailable = (expected: string, actual: string, hint: string): FaultOf =>
  fault('NotAvailable', expected, actual, hint)

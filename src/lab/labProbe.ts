import type { Measured, Probe } from '../gan/train/probe.ts'
import type { Rule } from '../tensor/options.ts'

/** Is a probe that keeps compiled functions; `dispose` frees the engine's memory. */
export interface LabProbe<R extends Measured> extends Probe<R> {
  readonly dispose: () => void
}

export const seedRule: Rule = {
  expected: 'a whole number, or nothing',
  accepts: (x) => x === undefined || Number.isSafeInteger(x)
}

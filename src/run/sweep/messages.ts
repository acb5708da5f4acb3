/** What a runner tells the process that began it, from which it is told jobs, one at a time. */
import type { Outcome } from './runJob.ts'

/** It hears from now on; how far it has come; what became of the run. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }

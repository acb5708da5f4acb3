import type { Bar } from './bar.ts'
import type { Job } from './job.ts'
import type { Random } from './random.ts'

/** A loop in plain JavaScript that shows what the machine can do, measured beside the jobs of its group. */
export interface Floor {
  readonly name: string
  readonly bytes?: number
  readonly advance: (steps: number) => Promise<void>
}

/** Jobs that are measured in turns. */
export interface Group {
  readonly jobs: readonly Job[]
  readonly floors?: readonly Floor[]
}

/** A bench by name: its groups at the named sizes, and at sizes drawn anew where it has any to draw. */
export interface Bench {
  readonly name: string
  /** Too slow for a CPU to be part of a run that names no bench. */
  readonly byNameOnly?: boolean
  readonly groups: () => readonly Group[]
  /** Groups of a named job and a drawn one, which names it in `rateAgainst`. */
  readonly drawn?: (random: Random) => readonly Group[]
  /** Ratios that have to stay below a bar. */
  readonly bars?: readonly Bar[]
  /** Benches that are compiled in processes of their own. */
  readonly fresh?: readonly string[]
}

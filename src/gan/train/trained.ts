import type { Issue, Issues } from '../check/issue.ts'
import type { TrainingStep } from '../step/compile.ts'
import type { State } from '../step/state.ts'
import type { Figures } from './figures.ts'
import type { Measurement } from './probe.ts'

/** Says how far a training came. */
export interface Reached {
  /** After the last step that counts; its numbers are all finite. A copy: nothing else holds its memory. */
  readonly state: State
  /** Figures of the last step that was seen to be sound; {} where no step was done. */
  readonly figures: Figures
  /** What probes measured, in order; `Gan.measurementsOf` picks those of one. */
  readonly measurements: readonly Measurement[]
  /** Steps of this training from the state it began with to `state`. */
  readonly stepsDone: number
  /** Seconds of the loop alone, without compiling and initializing. */
  readonly seconds: number
}

/** Holds the result of a training that came to its end, or was told to stop. */
export interface Trained extends Reached {
  /** The compiled step, to go on with; its `dispose` is the caller's. */
  readonly step: TrainingStep
  /** 'exhausted': the data ended before the steps did. */
  readonly stopped: 'done' | 'aborted' | 'exhausted'
  /** Warnings of the spec and of the data. */
  readonly warnings: readonly Issue[]
}

/**
 * Says why a training failed, and how far it had come. `Issue.show` shows it. To go on from where it came to:
 * `Gan.train({ ..., state: failed.reached.state })`.
 */
export interface Failed {
  /** What went wrong, then warnings. */
  readonly issues: Issues
  /**
   * The last sound state: before what diverged, after all steps whose minibatches were right. Undefined where training had
   * not begun: the spec or an option is wrong, or the engine failed at once.
   */
  readonly reached: Reached | undefined
}

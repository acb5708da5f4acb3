import type { Rate } from '../../optim/schedule.ts'
import type { Problem } from '../../tensor/problem.ts'
import type { Adaptive } from './augmentations/adaptive.ts'
import type { Augmentation } from './augmentations/augmentation.ts'
import type { Objective } from './objective.ts'

/** Says what happens at random to samples before a player's network sees them, and with which probability. */
export interface Augmented {
  readonly augmentation: Augmentation
  /** A number, one that depends on the step, or one that adapts. */
  readonly probability: Rate | Adaptive
  /** What is wrong with them. */
  readonly problems: readonly Problem[]
}

export const isAdaptive = (x: unknown): x is Adaptive => typeof x === 'object' && x !== null && 'control' in x

/** Makes the figure of a player's updates by which a probability adapts; nothing where it does not. */
export const controlOf = (augmented: Augmented | undefined, player: string): Objective =>
  augmented !== undefined && isAdaptive(augmented.probability) ? augmented.probability.control(player) : []

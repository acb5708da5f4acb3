import type { Layer } from '../../nn/layer.ts'
import type { Optimizer } from '../../optim/optimizer.ts'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import type { Problem } from '../../tensor/problem.ts'
import { showValue } from '../../tensor/problem.ts'
import type { Path } from '../../tensor/tree.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { Augmented } from './augmented.ts'
import { controlOf } from './augmented.ts'
import type { Labels } from './labels.ts'
import type { Loss } from './losses/loss.ts'
import type { Objective, WeightedTerm } from './objective.ts'
import type { Prior } from './prior.ts'
import type { Projection } from './projection.ts'
import type { Phase } from './phase.ts'
import type { Update } from './updates/rule.ts'

/**
 * Describes a GAN as data: who plays, for what, by which moves. Nothing here has run yet; `Gan.compile` makes a step of
 * it.
 */
export interface Spec {
  /** The networks, by the name of their player: generator, discriminator, and whoever else. */
  readonly networks: Readonly<Record<string, Layer>>
  readonly prior: Prior
  readonly loss: Loss | undefined
  /** What each player minimizes beside the loss. */
  readonly regularizers: Readonly<Record<string, Objective>>
  readonly optimizers: Readonly<Record<string, Optimizer>>
  readonly update: Update
  readonly average: Average | undefined
  readonly projections: Readonly<Record<string, Projection>>
  /** What happens at random to samples before a player's network sees them, by player. */
  readonly augmentations: Readonly<Record<string, Augmented>>
  readonly labels: Labels | undefined
  /** Paths of parameters that never move, each beginning with its player. */
  readonly frozen: readonly Path[]
  /** What the functions that built it could not read, kept for `Gan.validate`. */
  readonly problems: readonly Problem[]
}

/**
 * Describes a moving average of parameters, a <- decay a + (1 - decay) p after every cycle, of these players: exponential,
 * or the 'uniform' mean of all cycles.
 */
export interface Average {
  readonly decay: number | 'uniform'
  readonly players: readonly string[]
  /** Whether the decay begins small and grows up to `decay`. */
  readonly ramp: boolean
  /** Cycles before which the average is the parameters themselves. */
  readonly start: number
  /** Which state of layers (batch statistics) goes with averaged parameters: the player's own, or its average. */
  readonly statistics: 'current' | 'average'
}

/** Tests whether a term is a part of what is minimized. */
export const isMinimized = ({ isMetric }: WeightedTerm): boolean => isMetric !== true

/**
 * Lists all that a player minimizes and measures: its part of the loss, its regularizers, and what its augmentation adapts by.
 *
 * @throws InvalidArgument where there is no spec
 */
export const objectiveOf = (spec: Spec, player: string, ...more: None): Objective => {
  refuseMore('Gan.objectiveOf', more)
  const { loss, regularizers, augmentations = {} } = isRecord(spec) ? spec : ({} as Partial<Spec>)
  if (regularizers === undefined)
    return fail('InvalidArgument', {
      op: 'Gan.objectiveOf',
      expected: 'a spec',
      actual: showValue(spec),
      hint: 'Begin with Gan.between'
    })
  return [
    ...(loss?.objectives[player] ?? []),
    ...(regularizers[player] ?? []),
    ...controlOf(augmentations[player], player)
  ]
}

/** Lists the phases of a cycle by the spec's update rule, in order. */
export const phasesOf = (spec: Spec): readonly Phase[] => spec.update.phases(Object.keys(spec.networks).sort())

/** Returns where term `index` of a player's objective stands in the spec: in the loss, or among the regularizers. */
export const termPath = (spec: Spec, player: string, index: number, name: string): Problem['path'] => [
  index < (spec.loss?.objectives[player]?.length ?? 0) ? 'loss' : 'regularizers',
  player,
  name
]

import type { Layer } from '../../nn/layer.ts'
import type { Optimizer } from '../../optim/optimizer.ts'
import type { Problem } from '../../tensor/problem.ts'
import type { Loss } from './loss.ts'
import type { Objective } from './objective.ts'
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
  readonly labels: Labels | undefined
  /** What the functions that built it could not read, kept for `Gan.validate`. */
  readonly problems: readonly Problem[]
}

/**
 * Describes an exponential moving average of parameters, a <- decay a + (1 - decay) p after every cycle, of these
 * players.
 */
export interface Average {
  readonly decay: number
  readonly players: readonly string[]
  /** Whether the decay begins small and grows up to `decay`. */
  readonly ramp: boolean
  /** Cycles before which the average is the parameters themselves. */
  readonly start: number
  /** Which state of layers (batch statistics) goes with averaged parameters: the player's own, or its average. */
  readonly statistics: 'current' | 'average'
}

/** Describes class labels 0 .. classes - 1, int32 [B]: given with the data, drawn uniformly for fakes. */
export interface Labels {
  readonly classes: number
}

/** Lists all that a player minimizes: its part of the loss, then its regularizers. */
export const objectiveOf = (spec: Spec, player: string): Objective => [
  ...(spec.loss?.objectives[player] ?? []),
  ...(spec.regularizers[player] ?? [])
]

/** Lists the phases of a cycle by the spec's update rule, in order. */
export const phasesOf = (spec: Spec): readonly Phase[] => spec.update.phases(Object.keys(spec.networks).sort())

/** Returns where term `index` of a player's objective stands in the spec: in the loss, or among the regularizers. */
export const termPath = (spec: Spec, player: string, index: number, name: string): Problem['path'] => [
  index < (spec.loss?.objectives[player]?.length ?? 0) ? 'loss' : 'regularizers',
  player,
  name
]

import type { Endomorphism } from '#fp-ts/Endomorphism'
import type { Layer } from '../nn/layer.ts'
import type { Optimizer } from '../optim/optimizer.ts'
import type { Loss } from './loss.ts'
import type { Objective, Term } from './objective.ts'
import { from } from './objective.ts'
import type { Prior } from './prior.ts'
import type { Projection } from './projection.ts'
import type { Update } from './update.ts'
import { alternating } from './update.ts'

/** A GAN as data: who plays, for what, by which moves. Nothing here has run yet; `Gan.compile` makes a step of it. */
export interface Spec {
  /** The networks, by the name of their player: generator, discriminator, and whoever else. */
  readonly networks: Readonly<Record<string, Layer>>
  readonly prior: Prior
  readonly loss: Loss | undefined
  readonly regularizers: Readonly<Record<string, Objective>>
  readonly optimizers: Readonly<Record<string, Optimizer>>
  readonly update: Update
  readonly average: Average | undefined
  readonly projections: Readonly<Record<string, Projection>>
  readonly labels: Labels | undefined
  /** Words that the builder did not know, kept for validation: `[where, key, known keys]`. */
  readonly misspelt: readonly Misspelling[]
}

/** An exponential moving average of parameters, a <- decay a + (1 - decay) p, of these players. */
export interface Average {
  readonly decay: number
  readonly players: readonly string[]
}

/** Class labels 0 .. classes - 1: given with the data, drawn uniformly for fakes. */
export interface Labels {
  readonly classes: number
}

export interface Misspelling {
  readonly where: string
  readonly key: string
  readonly known: readonly string[]
}

const misspellings = (where: string, options: object, known: readonly string[]): readonly Misspelling[] =>
  Object.keys(options)
    .filter((key) => !known.includes(key))
    .map((key) => ({ where, key, known }))

/**
 * The players and the prior of a GAN, with alternating updates and nothing to minimize yet. Players beside generator and
 * discriminator are welcome (BiGAN has an encoder).
 *
 * @example
 * import { Gan, Net, Prior } from 'saddlepoint'
 * const spec = Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) })
 * Object.keys(spec.networks) // => ['generator', 'discriminator']
 */
export const between = ({
  prior,
  ...networks
}: {
  readonly generator: Layer
  readonly discriminator: Layer
  readonly prior: Prior
  readonly [player: string]: Layer | Prior
}): Spec => {
  const isNetwork = (x: unknown): x is Layer => typeof x === 'object' && x !== null && 'apply' in x && 'init' in x
  return {
    networks: Object.fromEntries(Object.entries(networks).filter((entry): entry is [string, Layer] => isNetwork(entry[1]))),
    prior,
    loss: undefined,
    regularizers: {},
    optimizers: {},
    update: alternating(),
    average: undefined,
    projections: {},
    labels: undefined,
    misspelt: Object.entries(networks).flatMap(([key, x]) =>
      isNetwork(x) ? [] : [{ where: 'Gan.between', key, known: ['generator', 'discriminator', 'prior', 'a network for a player'] }]
    )
  }
}

export const withLoss =
  (loss: Loss): Endomorphism<Spec> =>
  (spec) => ({ ...spec, loss })

/** Adds a term or objective to what a player minimizes; those added before stay. */
export const withRegularizer =
  (player: string, regularizer: Term | Objective): Endomorphism<Spec> =>
  (spec) => ({
    ...spec,
    regularizers: { ...spec.regularizers, [player]: [...(spec.regularizers[player] ?? []), ...from(regularizer)] }
  })

export const withOptimizer =
  (player: string, optimizer: Optimizer): Endomorphism<Spec> =>
  (spec) => ({ ...spec, optimizers: { ...spec.optimizers, [player]: optimizer } })

export const withUpdate =
  (update: Update): Endomorphism<Spec> =>
  (spec) => ({ ...spec, update })

/** Keeps a running average of parameters beside them, by default the generator's; sampling takes the average. */
export const withAverage =
  (average: { readonly decay: number; readonly players?: readonly string[] }): Endomorphism<Spec> =>
  (spec) => ({
    ...spec,
    average: { decay: average.decay, players: average.players ?? ['generator'] },
    misspelt: [...spec.misspelt, ...misspellings('Gan.withAverage', average, ['decay', 'players'])]
  })

/** What is done to a player's parameters after each of its updates: weight clipping, say. */
export const withProjection =
  (player: string, projection: Projection): Endomorphism<Spec> =>
  (spec) => ({ ...spec, projections: { ...spec.projections, [player]: projection } })

/** A conditional GAN: data come with labels 0 .. classes - 1, and networks are given labels. */
export const withLabels =
  (labels: Labels): Endomorphism<Spec> =>
  (spec) => ({ ...spec, labels })

/** All that a player minimizes: its part of the loss, then its regularizers. */
export const objectiveOf = (spec: Spec, player: string): Objective => [
  ...(spec.loss?.objectives[player] ?? []),
  ...(spec.regularizers[player] ?? [])
]

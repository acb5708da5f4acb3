import type { Endomorphism } from '#fp-ts/Endomorphism'
import type { Layer } from '../../nn/layer.ts'
import type { Optimizer } from '../../optim/optimizer.ts'
import type { Rule } from '../../tensor/options.ts'
import { belowOne, count, countOrZero, either, flag, notNegative, oneOf } from '../../tensor/options.ts'
import type { Shape } from '../../tensor/shape.ts'
import { under } from '../../tensor/problem.ts'
import type { None } from '../../tensor/arguments.ts'
import { isRecord } from '../../tensor/tree.ts'
import { edit, editPlayer, emptySpec, flawed } from './edit.ts'
import { does } from './form.ts'
import type { Loss } from './losses/loss.ts'
import { custom, isLoss } from './losses/loss.ts'
import type { Objective, Term } from './objective.ts'
import { from, isObjective } from './objective.ts'
import { readOptions } from '../../tensor/options.ts'
import type { Prior } from './prior.ts'
import { shapeRule } from './prior.ts'
import type { Projection } from './projection.ts'
import type { Update } from './updates/rule.ts'
import type { FakeLabels } from './labels.ts'
import type { Spec } from './spec.ts'

/** Names the networks, by their player, and the prior. */
export interface Players {
  readonly generator: Layer
  readonly discriminator: Layer
  readonly prior: Prior
  readonly [player: string]: Layer | Prior
}

/**
 * Begins a spec with the players and the prior of a GAN, with alternating updates and nothing to minimize yet. Players
 * beside generator and discriminator are welcome (BiGAN has an encoder).
 *
 * @example
 * import { Gan, Net, Prior } from 'saddlepoint'
 * const spec = Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) })
 * Object.keys(spec.networks) // => ['generator', 'discriminator']
 */
export const between = (players: Players, ...more: None): Spec => {
  const { prior, ...networks } = isRecord(players) ? players : ({} as Players)
  const isNetwork = (x: unknown): x is Layer => does(x, 'apply', 'init', 'fit')
  const entries = Object.entries(networks)
  const spec = {
    ...emptySpec,
    networks: Object.fromEntries(entries.filter((e): e is [string, Layer] => isNetwork(e[1]))),
    prior
  }
  const hint = 'Gan.between takes generator, discriminator, prior and networks of further players'
  const told = entries.reduce(
    (s, [name, x]) => (isNetwork(x) ? s : flawed(s, ['networks', name], 'a network', x, hint)),
    edit('between', more, () => spec)(spec)
  )
  return does(prior, 'sample') && Array.isArray(prior.shape)
    ? told
    : flawed(told, ['prior'], 'a prior', prior, 'Gan.between({ ..., prior: Prior.normal([8]) })')
}

/**
 * Sets what each player minimizes: one of `Loss`, or a record of one's own with a term or objective for each player. A
 * second one takes the place of the first.
 *
 * @example
 * import { Gan, Net, Prior, mean, neg, pipe, sub } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }),
 *   Gan.withLoss({
 *     discriminator: ({ D, real, fake }) => sub(mean(D(fake)), mean(D(real))),
 *     generator: ({ D, fake }) => neg(mean(D(fake)))
 *   })
 * )
 * spec.loss?.name // => 'loss'
 */
export const withLoss = (loss: Loss | Readonly<Record<string, Term | Objective>>, ...more: None): Endomorphism<Spec> =>
  edit('withLoss', more, (spec) =>
    isLoss(loss)
      ? { ...spec, loss }
      : !isRecord(loss) || Object.keys(loss).length === 0
        ? flawed(spec, ['loss'], 'a loss, or a record of terms', loss, 'Gan.withLoss(Loss.nonSaturating)')
        : { ...spec, loss: custom('loss', loss) }
  )

/** Adds a term or objective to what a player minimizes; those added before stay. */
export const withRegularizer = (player: string, regularizer: Term | Objective, ...more: None): Endomorphism<Spec> =>
  editPlayer('withRegularizer', player, more, (spec) =>
    isObjective(regularizer)
      ? {
          ...spec,
          regularizers: { ...spec.regularizers, [player]: [...(spec.regularizers[player] ?? []), ...from(regularizer)] }
        }
      : flawed(spec, ['regularizers', player], 'a term or an objective', regularizer, 'Reg.r1({ gamma: 10 }), say')
  )

/**
 * Sets how a player's parameters are updated from the gradient of what it minimizes. A second one takes the place of
 * the first.
 */
export const withOptimizer = (player: string, optimizer: Optimizer, ...more: None): Endomorphism<Spec> =>
  editPlayer('withOptimizer', player, more, (spec) =>
    does(optimizer, 'init', 'update') && Array.isArray(optimizer.problems)
      ? { ...spec, optimizers: { ...spec.optimizers, [player]: optimizer } }
      : flawed(spec, ['optimizers', player], 'an optimizer', optimizer, 'Opt.adam({ learningRate: 2e-4 }), say')
  )

/** Sets how the players move in a cycle, one of `Update` or a rule of one's own; `Update.alternating()` where nothing is said. */
export const withUpdate = (update: Update, ...more: None): Endomorphism<Spec> =>
  edit('withUpdate', more, (spec) =>
    does(update, 'phases') && isRecord(update.options)
      ? { ...spec, update }
      : flawed(spec, ['update'], 'an update rule', update, 'Update.alternating({ discriminatorSteps: 1 }), say')
  )

export interface AverageOptions {
  /**
   * In [0, 1); or 'uniform', t / (t + 1) at the t-th update of the average, t = 0, 1, ..., so that it is the mean of the
   * parameters after all cycles from `start` on, and `ramp` says nothing.
   */
  readonly decay: number | 'uniform'
  /** The generator alone by default. */
  readonly players?: readonly string[]
  /**
   * Whether the decay is min(decay, (1 + t) / (10 + t)) at the t-th update of the average, t = 0, 1, ... (default true): so
   * a short training has an average of its latest tenth instead of its beginning. Without a ramp, the initial parameters
   * still have the weight decay^n after n cycles.
   */
  readonly ramp?: boolean
  /** Cycles before which the average is the parameters themselves, a whole number (default 0). */
  readonly start?: number
  /**
   * Which batch statistics sampling takes with averaged parameters: 'current', the player's own (default), or 'average',
   * averaged like the parameters, as is every float of the state of layers.
   */
  readonly statistics?: 'current' | 'average'
}

/**
 * Keeps a running average of parameters beside them, after every cycle, with a decay that begins small; or their
 * uniform mean. `Gan.generate` takes the average unless told otherwise.
 *
 * @formula a <- decay a + (1 - decay) p
 * @cost a copy of the averaged players' parameters
 * @when in doubt: samples of the average are mostly better than those of the last step
 * @see Yazıcı et al., The unusual effectiveness of averaging in GAN training (2019), who compare the two
 */
export const withAverage = (average: AverageOptions, ...more: None): Endomorphism<Spec> =>
  edit('withAverage', more, (spec) => {
    const names = {
      expected: 'names of players',
      accepts: (x: unknown) => Array.isArray(x) && x.length > 0 && x.every((name) => typeof name === 'string')
    }
    const { all, problems } = readOptions<AverageOptions>(
      { players: ['generator'], ramp: true, start: 0, statistics: 'current' },
      average,
      {
        decay: either(belowOne, oneOf('uniform')),
        players: names,
        ramp: flag,
        start: countOrZero,
        statistics: oneOf('current', 'average')
      }
    )
    return {
      ...spec,
      average: names.accepts(all.players) ? all : undefined,
      problems: [...spec.problems, ...under(['average'], problems)]
    }
  })

/** Sets what is done to a player's parameters after each of its updates: weight clipping, say. */
export const withProjection = (player: string, projection: Projection, ...more: None): Endomorphism<Spec> =>
  editPlayer('withProjection', player, more, (spec) =>
    does(projection, 'apply')
      ? { ...spec, projections: { ...spec.projections, [player]: projection } }
      : flawed(spec, ['projections', player], 'a projection', projection, 'Projection.clip(0.01), say')
  )

export interface LabelOptions {
  /** Labels are 0 .. classes - 1. */
  readonly classes: number
  /**
   * Where fakes have theirs from: 'uniform' (default), drawn with weights, one a class, or 'data', those of the
   * minibatch, row by row.
   */
  readonly fakes?: FakeLabels
  /**
   * Probability, in [0, 1), with which a sample, real or fake, has no label in training (default 0): its label is then
   * `classes`, so that networks tell classes + 1 apart.
   */
  readonly dropout?: number
}

const fakesRule: Rule = {
  expected: "'uniform', 'data', or a weight of at least 0 for each class, not all 0",
  accepts: (x) =>
    x === 'uniform' ||
    x === 'data' ||
    (Array.isArray(x) && x.every(notNegative.accepts) && x.some((weight) => weight !== 0))
}

/**
 * Makes the GAN conditional on classes: data come as { real, labels } with labels int32 [B], fakes draw theirs, and
 * networks are given them. Losses and penalties pass to D the labels of the samples that they show it.
 *
 * @example
 * import { Gan, Net, Prior, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({
 *     generator: Net.serial(Net.appendLabels(3), Net.dense(11, 2)),
 *     discriminator: Net.serial(Net.appendLabels(3), Net.dense(5, 1)),
 *     prior: Prior.normal([8])
 *   }),
 *   Gan.withLabels({ classes: 3, fakes: [1, 1, 2] })
 * )
 * spec.labels?.classes // => 3
 */
export const withLabels = (labels: LabelOptions, ...more: None): Endomorphism<Spec> =>
  edit('withLabels', more, (spec) => {
    const rules = { classes: count, fakes: fakesRule, dropout: belowOne }
    const { all, problems } = readOptions({ fakes: 'uniform', dropout: 0 } as const, labels, rules)
    const { classes, fakes } = all
    const told = {
      ...spec,
      labels: { ...all, shape: [] },
      problems: [...spec.problems, ...under(['labels'], problems)]
    }
    return !Array.isArray(fakes) || fakes.length === classes || problems.length > 0
      ? told
      : flawed(told, ['labels', 'fakes'], `${String(classes)} weights, one a class`, fakes, 'Change fakes or classes')
  })

export interface ConditionOptions {
  /** Of the condition of one sample: [40] for vectors (multi-hot attributes, say), [3, 64, 64] for images. */
  readonly shape: Shape
  /** Probability, in [0, 1), with which a sample, real or fake, has the condition 0 in training (default 0). */
  readonly dropout?: number
}

/**
 * Makes the GAN conditional on vectors or images: data come as { real, condition } with conditions float32 [B, ...shape],
 * fakes take theirs from the minibatch, row by row, and networks are given them as they are given labels. A play has
 * them as `realLabels` and `fakeLabels`; `Net.appendCondition` reads them.
 *
 * @see Isola et al., Image-to-image translation with conditional adversarial networks (2017)
 *
 * @example
 * import { Gan, Net, Prior, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({
 *     generator: Net.serial(Net.appendCondition([4]), Net.dense(12, 2)),
 *     discriminator: Net.serial(Net.appendCondition([4]), Net.dense(6, 1)),
 *     prior: Prior.normal([8])
 *   }),
 *   Gan.withConditions({ shape: [4] })
 * )
 * spec.labels?.shape // => [4]
 */
export const withConditions = (conditions: ConditionOptions, ...more: None): Endomorphism<Spec> =>
  edit('withConditions', more, (spec) => {
    const rules = { shape: shapeRule, dropout: belowOne }
    const { all, problems } = readOptions({ dropout: 0 }, conditions, rules)
    return {
      ...spec,
      labels: { ...all, classes: undefined, fakes: 'data' },
      problems: [...spec.problems, ...under(['labels'], problems)]
    }
  })

import * as E from '#fp-ts/Either'
import { show } from '../gan/check/issue.ts'
import { withLoss } from '../gan/game/editSpec.ts'
import type { Loss } from '../gan/game/losses/loss.ts'
import type { Spec } from '../gan/game/spec.ts'
import { alternating } from '../gan/game/updates/alternating.ts'
import { heldBy } from '../gan/step/generator.ts'
import type { State } from '../gan/step/state.ts'
import type { Probe } from '../gan/train/probe.ts'
import type { Source } from '../gan/train/source.ts'
import type { Failed } from '../gan/train/trained.ts'
import { train, trainedBy } from '../gan/train/train.ts'
import { sgd } from '../optim/momentum.ts'
import type { Key } from '../random/key.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { anything, count, optional, requireOptions } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isRecord } from '../tensor/tree.ts'
import type { GeneratorOptions } from './onGenerator.ts'
import { generatorRules } from './onGenerator.ts'

export interface VanishingGradientsOptions extends GeneratorOptions {
  /** Where minibatches of data come from: what `Gan.train` takes, but for an iterator that can be read only once. */
  readonly data: Source
  /** The losses that are played, by names of one's own. */
  readonly losses: Readonly<Record<string, Loss>>
  /** How many steps each critic is trained, 300 by default. */
  readonly steps?: number
  /** Over how many steps the lengths of gradients are averaged, 20 by default. */
  readonly every?: number
  /** 64 by default. */
  readonly batchSize?: number
}

/** Holds the mean length of the generator's gradient under each loss, [looks], and after how many steps of the critic: `steps`, int32 [looks]. */
export type GradientLengths = { readonly steps: Tensor } & Readonly<Record<string, Tensor>>

const op = 'Lab.vanishingGradients'

const requireTrained = <A>(name: string, result: E.Either<Failed, A>): A =>
  E.isRight(result)
    ? result.right
    : fail('InvalidArgument', {
        op,
        expected: `a critic that can be trained by the loss '${name}'`,
        actual: show(result.left.issues)
      })

/**
 * Makes the probe of vanishing gradients: the generator stands still, a new critic is trained against it under each loss, and the
 * length of the generator's gradient is told as the critic gets better. Where it falls by orders of magnitude (the minimax
 * loss), a good critic teaches nothing; where it grows (the loss that does not saturate), steps become large and uneven.
 * The critics begin alike, have the optimizer, the regularizers and the projections of the spec, and take one step for each
 * measurement; the generator's own regularizers count for nothing. Costs as many steps of training as all critics take
 * together, and compiles them: for a few steps of a training, not for many.
 *
 * @throws InvalidArgument, as a rejection, for data, critics or losses that do not fit
 *
 * @see Arjovsky and Bottou, Towards principled methods for training generative adversarial networks (2017), figures 2 and 3
 *
 * @example
 * import { Lab, Loss, Random } from 'saddlepoint'
 * const probe = Lab.vanishingGradients({
 *   data: (key, n) => Random.normal(key, [n, 2]),
 *   losses: { minimax: Loss.minimax, nonSaturating: Loss.nonSaturating }
 * })
 * probe.name // => 'vanishingGradients'
 */
export const vanishingGradients = (options: VanishingGradientsOptions, ...more: None): Probe<GradientLengths> => {
  refuseMore(op, more)
  const {
    data,
    losses,
    steps = 300,
    every = 20,
    batchSize = 64,
    parameters,
    engine
  } = requireOptions(op, options, {
    ...generatorRules,
    data: anything,
    losses: anything,
    steps: optional(count),
    every: optional(count),
    batchSize: optional(count)
  })
  if (!isRecord(losses) || Object.keys(losses).length === 0 || 'steps' in losses)
    fail('InvalidArgument', {
      op,
      expected: "losses by name, at least one, none of them called 'steps'",
      actual: showValue(losses),
      hint: 'losses: { minimax: Loss.minimax, nonSaturating: Loss.nonSaturating }'
    })
  if (steps % every !== 0)
    fail('InvalidArgument', { op, expected: `steps that ${String(every)} divides`, actual: String(steps) })

  /** The game of a loss in which the generator takes steps of length 0. */
  const against = (spec: Spec, loss: Loss): Spec => {
    const { generator: _, ...regularizers } = spec.regularizers
    return withLoss(loss)({
      ...spec,
      regularizers,
      optimizers: { ...spec.optimizers, generator: sgd({ learningRate: 0 }) },
      update: alternating(),
      average: undefined,
      frozen: spec.frozen.filter(([player]) => player !== 'generator')
    })
  }
  const lengthsUnder = async (name: string, loss: Loss, spec: Spec, state: State, key: Key): Promise<Float32Array> => {
    const chosen = { data, batchSize, ...(engine === undefined ? {} : { engine }) }
    const begun = await train({ ...chosen, steps: 0, seed: key.data[0]! })(against(spec, loss))()
    const { step, state: fresh } = requireTrained(name, begun)
    const generator = { ...fresh.players['generator']!, ...heldBy(op, spec.networks['generator']!, state, parameters) }
    const lengths = new Float32Array(steps / every)
    const trained = await trainedBy(step, {
      ...chosen,
      steps,
      state: { ...fresh, players: { ...fresh.players, generator } },
      onStep: (i, figures) => {
        lengths[Math.floor((i - 1) / every)]! += figures['generator']!.gradientNorm / every
      }
    })()
    step.dispose()
    requireTrained(name, trained)
    return lengths
  }
  return {
    name: 'vanishingGradients',
    run: async (spec, state, key) => {
      const looks = steps / every
      const found: Record<string, Tensor> = {}
      for (const [name, loss] of Object.entries(losses))
        found[name] = { shape: [looks], dtype: 'float32', data: await lengthsUnder(name, loss, spec, state, key) }
      const after = new Int32Array(looks).map((_, i) => (i + 1) * every)
      return { ...found, steps: { shape: [looks], dtype: 'int32', data: after } }
    }
  }
}

import * as E from '#fp-ts/Either'
import { foldIn, key } from '../../random/key.ts'
import { fail } from '../../tensor/error.ts'
import type { Rule } from '../../tensor/options.ts'
import { anything, count as aCount, oneOf, optional } from '../../tensor/options.ts'
import { refuse } from '../../tensor/problem.ts'
import { showShape } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { EngineName } from '../../transform/compileStep.ts'
import { compile } from '../../transform/compile.ts'
import { checkConditioning } from './batch.ts'
import { classesIn, sampleLabels } from '../game/labels.ts'
import { readOptions } from '../../tensor/options.ts'
import type { Spec } from '../game/spec.ts'
import type { State } from './state.ts'

export interface GenerateOptions {
  /** How many samples a call draws, a whole number >= 1. */
  readonly count: number
  readonly engine?: EngineName
  /**
   * Which parameters of the generator: their running average, or those that training is at. By default the average where
   * there is one.
   */
  readonly parameters?: 'average' | 'current'
}

/** Draws samples of a state, [count, ...]: the same seed, the same samples. */
export interface Generate {
  /**
   * `labels`, int32 [count], in a conditional GAN, drawn as those of fakes are where they are left out; or conditions,
   * float32 [count, ...]. With dropout, the label `classes` is none.
   */
  (state: State, seed: number, labels?: Tensor): Promise<Tensor>
  readonly dispose: () => void
}

const rules: Readonly<Record<string, Rule>> = {
  count: aCount,
  engine: anything,
  parameters: optional(oneOf('average', 'current'))
}

/**
 * Compiles sampling: latents from the prior through the generator (its running average, where the spec keeps one) in
 * evaluation mode: running batch statistics, no dropout.
 *
 * @returns a function that rejects with the tagged error InvalidArgument where the options, the state or the labels are
 * not what they have to be
 *
 * @example
 * import { E, Gan, Issue, Loss, Net, Opt, Prior, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
 * )
 * const step = await pipe(spec, Gan.compile({ batchSize: 4, engine: 'reference' }))()
 * if (E.isLeft(step)) throw new Error(Issue.show(step.left))
 * const sample = pipe(spec, Gan.generate({ count: 5, engine: 'reference' }))
 * const samples = await sample(await step.right.init(0), 7)
 * samples.shape // => [5, 2]
 */
export const generate =
  (options: GenerateOptions) =>
  (spec: Spec): Generate => {
    const { all, problems } = readOptions<GenerateOptions>({ engine: 'auto' }, options, rules)
    const { count, parameters } = all as GenerateOptions
    const net = spec.networks['generator']
    const conditioning = spec.labels
    const sample = compile(
      (params: unknown, layers: unknown, root: Tensor, labels: Tensor | null): Tensor => {
        const latent = spec.prior.sample(foldIn(root, 0), count)
        const drawn = labels ?? (conditioning && sampleLabels(conditioning, foldIn(root, 1), count))
        const context = { params, state: layers, key: foldIn(root, 2), training: false, labels: drawn }
        return net === undefined ? latent : net.apply(context, latent)[0]
      },
      { engine: all.engine }
    )
    const invalid = (expected: string, actual: string, hint: string): never =>
      fail('InvalidArgument', { op: 'Gan.generate', expected, actual, hint })
    const given = (labels: Tensor | undefined): Tensor | null => {
      if (labels === undefined && conditioning?.fakes !== 'data') return null
      if (labels === undefined)
        return invalid('labels or conditions for the samples', 'none', 'sample(state, seed, labels): fakes of this GAN have those of data') // prettier-ignore
      if (conditioning === undefined)
        return invalid('no labels', `labels ${showShape(labels.shape)}`, 'Gan.withLabels makes a GAN conditional')
      const checked = checkConditioning(labels, count, { ...conditioning, classes: classesIn(conditioning) })
      return E.isLeft(checked) ? invalid(checked.left.expected, checked.left.actual, checked.left.hint) : checked.right
    }
    const run = async (state: State, seed: number, labels?: Tensor): Promise<Tensor> => {
      refuse('Gan.generate', problems)
      const own = (state as Partial<State> | undefined)?.players?.['generator']
      if (net === undefined || own === undefined)
        return invalid(
          'a spec with a generator, and a state of it',
          net === undefined ? 'a spec without a generator' : 'a state without one',
          'Gan.between({ generator: ..., ... }); await step.init(seed)'
        )
      const { averages, averagedLayers } = state as Partial<State>
      const average = parameters === 'current' ? undefined : averages?.['generator']
      if (average === undefined && parameters === 'average')
        return invalid(
          'a state with an average of the generator',
          'a state without one',
          "Gan.withAverage({ decay: 0.999 }) keeps one; parameters: 'current' takes the generator as it is"
        )
      const layers = (average === undefined ? undefined : averagedLayers?.['generator']) ?? own.layers
      return sample(average ?? own.params, layers, key(seed), given(labels))
    }
    return Object.assign(run, { dispose: sample.dispose })
  }

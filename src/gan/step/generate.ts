import * as E from '#fp-ts/Either'
import type { Key } from '../../random/key.ts'
import { foldIn, key } from '../../random/key.ts'
import type { None } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import type { Rules } from '../../tensor/options.ts'
import { anything, count as aCount, flag, oneOf, optional, positive, readOptions } from '../../tensor/options.ts'
import type { Problem } from '../../tensor/problem.ts'
import { refuse } from '../../tensor/problem.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import { isTensor, showAval } from '../../tensor/tensor.ts'
import type { Engine, EngineName } from '../../transform/compileStep.ts'
import { engineRule } from '../../transform/compileStep.ts'
import { compile } from '../../transform/compile.ts'
import { formProblems } from '../game/form.ts'
import { classesIn, sampleLabels } from '../game/labels.ts'
import type { Prior } from '../game/prior.ts'
import type { Spec } from '../game/spec.ts'
import { checkConditioning } from './batch.ts'
import { generatorWith, heldBy } from './generator.ts'
import { hintFor, holds, showGiven } from './given.ts'
import type { State } from './state.ts'
import { truncatedNormal } from './truncated.ts'

export interface GenerateOptions {
  /** How many samples a call draws, a whole number >= 1. */
  readonly count: number
  readonly engine?: EngineName | Engine
  /**
   * Which parameters of the generator: their running average, or those that training is at. By default the average where
   * there is one.
   */
  readonly parameters?: 'average' | 'current'
  /**
   * Draws normal latents from [-truncation, truncation] alone, a positive number: fewer kinds of samples, each more
   * typical. For `Prior.normal`.
   */
  readonly truncation?: number
  /** Whether dropout drops as in training (default false), where it is what makes samples differ. */
  readonly dropout?: boolean
}

/** Lists what may be given to a call instead of drawn. */
export interface GivenLatents {
  /** float32 [count, ...prior's shape]. */
  readonly latents?: Tensor
  /**
   * int32 [count], in a conditional GAN, drawn as those of fakes are where they are left out; or conditions, float32
   * [count, ...]. With label dropout, the label `classes` is none.
   */
  readonly labels?: Tensor
}

/** Draws samples of a state, [count, ...]: the same seed, the same samples. */
export interface Generate {
  (state: State, seed: number, given?: GivenLatents): Promise<Tensor>
  readonly dispose: () => void
}

const rules: Rules = {
  count: aCount,
  engine: optional(engineRule),
  parameters: optional(oneOf('average', 'current')),
  truncation: optional(positive),
  dropout: optional(flag)
}
const givenRules: Rules = { latents: anything, labels: anything }

const op = 'Gan.generate'

const invalid = (expected: string, actual: string, hint: string): never =>
  fail('InvalidArgument', { op, expected, actual, hint })

/** Finds what is wrong with a spec, as far as sampling goes, and with asking its prior for truncated latents. */
const problemsFor = (spec: Spec, { truncation }: Partial<GenerateOptions>): readonly Problem[] => {
  const found = formProblems(spec)
  if (found.length > 0) return found
  return truncation === undefined || spec.prior.name === 'normal'
    ? []
    : [
        {
          path: ['truncation'],
          expected: 'no truncation, or a normal prior',
          actual: `the prior ${spec.prior.name}`,
          hint: 'Give { latents } of your own'
        }
      ]
}

/** Returns a tensor that was given, or null where it is to be drawn. */
const latentsOf = (latents: unknown, aval: Aval): Tensor | null =>
  latents === undefined
    ? null
    : holds(latents, aval)
      ? latents
      : invalid(
          `latents ${showAval(aval)}`,
          showGiven(latents),
          hintFor(latents, aval) ?? 'Latents are [count, ...] of the shape of the prior'
        )

/** Returns labels or conditions that were given, or null where labels are to be drawn. */
const labelsOf = (labels: unknown, count: number, conditioning: Spec['labels']): Tensor | null => {
  if (labels === undefined)
    return conditioning?.fakes === 'data'
      ? invalid(
          'labels or conditions for the samples',
          'none',
          'sample(state, seed, { labels }): fakes of this GAN have those of data'
        )
      : null
  if (conditioning === undefined)
    return invalid('no labels', `labels ${showGiven(labels)}`, 'Gan.withLabels makes a GAN conditional')
  const checked = checkConditioning(labels, count, { ...conditioning, classes: classesIn(conditioning) })
  return E.isLeft(checked) ? invalid(checked.left.expected, checked.left.actual, checked.left.hint) : checked.right
}

const drawLatents = (prior: Prior, root: Key, count: number, truncation: number | undefined): Tensor =>
  truncation === undefined ? prior.sample(root, count) : truncatedNormal(root, [count, ...prior.shape], truncation)

/**
 * Compiles sampling: latents from the prior through the generator (its running average, where the spec keeps one) in
 * evaluation mode: running batch statistics, no dropout. Latents and labels may be given to a call instead.
 *
 * @returns a function that rejects with the tagged error InvalidArgument where the options, the state, latents or labels
 * are not what they have to be
 *
 * @example
 * import { E, Gan, Issue, Loss, Net, Opt, Prior, pipe, zeros } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
 * )
 * const step = await pipe(spec, Gan.compile({ batchSize: 4, engine: 'reference' }))()
 * if (E.isLeft(step)) throw new Error(Issue.show(step.left))
 * const sample = pipe(spec, Gan.generate({ count: 5, engine: 'reference', truncation: 0.7 }))
 * const state = await step.right.init(0)
 * const samples = await sample(state, 7)
 * samples.shape // => [5, 2]
 * const central = await sample(state, 7, { latents: zeros([5, 8]) })
 * central.data.slice(0, 2).every((x, i) => x === central.data[i + 2]) // => true
 */
export const generate =
  (options: GenerateOptions, ...more: None) =>
  (spec: Spec): Generate => {
    const { all, problems } = readOptions<GenerateOptions>({ engine: 'auto' }, options, rules, {}, more)
    const { count, engine, parameters, truncation, dropout }: GenerateOptions = all
    const found = problems.length > 0 ? problems : problemsFor(spec, all)
    const draw = (params: unknown, layers: unknown, root: Tensor, latents: Tensor | null, labels: Tensor | null) => {
      const { networks, prior, labels: classed } = spec
      const latent = latents ?? drawLatents(prior, foldIn(root, 0), count, truncation)
      const drawn = labels ?? (classed && sampleLabels(classed, foldIn(root, 1), count))
      const net = networks['generator']
      return net === undefined
        ? latent
        : generatorWith(net, { params, layers }, { key: foldIn(root, 2), dropout, labels: drawn })(latent)
    }
    const sample = compile(draw, engineRule.accepts(engine) ? { engine } : {})
    const run = async (state: State, seed: number, given: GivenLatents = {}): Promise<Tensor> => {
      refuse(op, found)
      if (isTensor(given))
        return invalid('{ labels } or { latents }', `a tensor ${showAval(given)}`, 'Write { labels: ... }')
      const { all: values, problems: surplus } = readOptions<GivenLatents>({}, given, givenRules)
      refuse(op, surplus)
      const { networks, prior, labels } = spec
      const net = networks['generator']
      if (net === undefined)
        return invalid('a spec with a generator', 'a spec without one', 'Gan.between({ generator: ..., ... })')
      const latents = latentsOf(values.latents, { dtype: 'float32', shape: [count, ...prior.shape] })
      const classed = labelsOf(values.labels, count, labels)
      const { params, layers } = heldBy(op, net, state, parameters)
      return sample(params, layers, key(seed), latents, classed)
    }
    return Object.assign(run, { dispose: sample.dispose })
  }

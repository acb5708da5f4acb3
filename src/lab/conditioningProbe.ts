import { key } from '../random/key.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Conditioning } from './conditioning.ts'
import { figuresOf, meanAndDeviation, roundingOf } from './conditioning.ts'
import type { LabProbe } from './labProbe.ts'
import { seedRule } from './labProbe.ts'
import type { GeneratorOptions } from './onGenerator.ts'
import { drawnFor, generatorRules, latentsRule, onGenerator } from './onGenerator.ts'
import { spectrum } from './spectrum.ts'

export interface ConditioningOptions extends GeneratorOptions {
  /** At how many latents, 8 by default: always the same, so that figures of one training can be compared. */
  readonly latents?: number
  /** Seed of these latents, 0 by default. */
  readonly seed?: number
}

/** Holds what the conditioning of a generator was at a step. */
export type ConditioningFigures = {
  /** The mean of the log of the condition number of M = J'J over the latents; Infinity where some M is singular. */
  readonly logCondition: number
  readonly deviation: number
  /** The mean of log det M. */
  readonly logDeterminant: number
  /** The mean of the effective rank of J. */
  readonly effectiveRank: number
  /** How many of the latents have a direction that changes nothing: J of less than full rank, an infinite condition. */
  readonly deficient: number
  /** The log of the condition number at each latent, [latents]. */
  readonly logConditions: Tensor
  /** Descending, of each latent: [latents, k]. */
  readonly singularValues: Tensor
}

const op = 'Lab.conditioning'

/**
 * Makes the probe of a generator's conditioning: the spectra of its Jacobians at some fixed latents, as a training passes.
 * The literature looks at 8 to 64 latents; the mean log condition of 8 is known to about a third of their deviation. Costs the
 * Jacobians, latents times the dimension of the prior passes through G, and their decomposition.
 *
 * @see Odena et al., Is generator conditioning causally related to GAN performance? (2018), figures 1 and 2
 *
 * @example
 * import { E, Gan, Lab, Loss, Net, Opt, Prior, Random, pipe } from 'saddlepoint'
 * const probe = Lab.conditioning({ latents: 4, engine: 'reference' })
 * const trained = await pipe(
 *   Gan.between({ generator: Net.dense(2, 1), discriminator: Net.dense(1, 1), prior: Prior.normal([2]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.train({
 *     data: (key, n) => Random.normal(key, [n, 1]),
 *     batchSize: 8,
 *     steps: 4,
 *     engine: 'reference',
 *     probes: [{ every: 2, probe }]
 *   })
 * )()
 * // Two latents make one output: one direction of latents always changes nothing.
 * E.isRight(trained) && Gan.measurementsOf(probe, trained.right).map(({ figures }) => figures.deficient) // => [4, 4, 4]
 */
export const conditioning = (options: ConditioningOptions = {}, ...more: None): LabProbe<ConditioningFigures> => {
  refuseMore(op, more)
  const rules = { ...generatorRules, latents: latentsRule, seed: seedRule }
  const { latents = 8, seed = 0, ...others } = requireOptions(op, options, rules)
  const spectra = onGenerator(op, others, (G, z: Tensor) => spectrum(G)(z))
  return {
    name: 'conditioning',
    run: async (spec, state) => {
      const [z, labels] = drawnFor(op, spec, key(seed), latents)
      const singularValues = await spectra.at(spec, state, labels, z)
      if (singularValues.data.some((s) => !Number.isFinite(s)))
        fail('InvalidArgument', {
          op,
          expected: 'a generator whose Jacobian is finite',
          actual: 'one with NaN or an infinity in it',
          hint: 'Look at the state before: a condition number of such a Jacobian would say nothing'
        })
      const [, k = 1] = singularValues.shape
      const each = Array.from({ length: latents }, (_, i) =>
        figuresOf(Array.from(singularValues.data.subarray(i * k, (i + 1) * k)), z.shape[1]!, roundingOf(singularValues))
      )
      const mean = (f: (one: Conditioning) => number): number => meanAndDeviation(each.map(f)).mean
      const logConditions = each.map(({ logCondition }) => logCondition)
      const { mean: logCondition, deviation } = meanAndDeviation(logConditions)
      return {
        logCondition,
        deviation,
        logDeterminant: mean(({ logDeterminant }) => logDeterminant),
        effectiveRank: mean(({ effectiveRank }) => effectiveRank),
        deficient: logConditions.filter((x) => x === Infinity).length,
        logConditions: { shape: [latents], dtype: 'float32', data: Float32Array.from(logConditions) },
        singularValues
      }
    },
    dispose: spectra.dispose
  }
}

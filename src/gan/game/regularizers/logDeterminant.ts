import { mul } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import { logdet } from '../../../linalg/solve.ts'
import type { None } from '../../../tensor/arguments.ts'
import { finite, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Generator } from '../generatorJacobian.ts'
import { generatorJacobian, metricOf, requireLatents } from '../generatorJacobian.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import type { SubsetOptions } from './subset.ts'
import { lookedAt, subsetRules } from './subset.ts'

/** Computes log det M at each latent, [B]: NaN where M is singular. */
export const logDeterminants = (G: Generator, z: Tensor, ...more: None): Tensor => {
  requireLatents('Reg.logDeterminants', G, z, more)
  return logdet(metricOf(generatorJacobian(G, z)))
}

export interface LogDeterminantOptions extends SubsetOptions {
  /** Any number, 1 by default: a negative one keeps volumes from vanishing. */
  readonly weight?: number
}

/**
 * Penalizes how much the generator stretches volumes, by `cholesky` of M = J'J. NaN where M is singular. With a
 * negative weight it drives the volume up without bound unless the loss holds it.
 *
 * @formula weight E log det M
 * @cost two generator passes a latent dimension, all differentiated: take a `subset`
 * @when a generator is not to collapse anywhere: with a negative weight
 * @see Odena et al., Is generator conditioning causally related to GAN performance? (2018), section 2
 *
 * @example
 * import { Reg, mul, tensor } from 'saddlepoint'
 * Reg.logDeterminants((z) => mul(z, tensor([2, 1])), tensor([[0.5, 3]])).data // => [1.3862944]
 */
export const logDeterminant = (options: LogDeterminantOptions = {}, ...more: None): Objective => {
  const { all, problems } = readOptions({ weight: 1 }, options, { weight: finite, ...subsetRules }, {}, more)
  return of(
    'logDeterminant',
    (play) => {
      const [G, z] = lookedAt(all, play)
      return mul(all.weight, mean(logDeterminants(G, z)))
    },
    { options: { ...all }, problems }
  )
}

import { mul, neg, square } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import { notNegative, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { extremalDirections } from '../extremalDirections.ts'
import type { Generator } from '../generatorJacobian.ts'
import { requireLatents, requireTallJacobian } from '../generatorJacobian.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import { resolvedLog } from './resolvedLog.ts'
import type { SubsetOptions } from './subset.ts'
import { lookedAt, subsetRules } from './subset.ts'
import { tangentStretch } from './stretch.ts'

/**
 * Computes log(largest / smallest eigenvalue of M) at each latent, [B]: twice the log condition number of J. Exact up to
 * 16.6; beyond, where single precision cannot tell the smallest eigenvalue, at most 17.6.
 *
 * @throws ShapeMisfit where G has fewer outputs than latents
 */
export const logConditions = (G: Generator, z: Tensor, ...more: None): Tensor => {
  requireLatents('Reg.logConditions', G, z, more)
  requireTallJacobian('Reg.logConditions', G, z)
  const { most, least } = extremalDirections(G, z)
  const eigenvalueOf = (direction: Tensor): Tensor => square(tangentStretch(G, z, direction))
  return neg(resolvedLog(eigenvalueOf(least), eigenvalueOf(most)))
}

export interface LogConditionOptions extends SubsetOptions {
  /**
   * At least 0; 0.03 by default, which lowers the condition of a DCGAN on digits and leaves its samples as they are. From 0.3 on
   * all samples became one blot: no condition number sees the scale of J, which can fall with it.
   */
  readonly weight?: number
}

/**
 * Penalizes the condition number of the generator itself, by the eigenvalues of M = J'J. Exact, with the exact
 * gradient: the extremal directions come from `eigh` of M, held constant, and the two singular values are the lengths
 * of J along them. J is that of the generator that is sampled from: batch statistics, those of the whole minibatch,
 * stand still as a latent moves. Where J loses rank in training (dead units), value and gradient stay finite: beyond
 * 16.6 the smallest eigenvalue is lost in single precision, the value ends at 17.6, and a direction in which nothing
 * changes pulls no more. A generator of fewer outputs than latents is refused. Second derivatives, for update rules that take
 * them, hold the directions constant, too.
 *
 * @formula weight E log(lambda_max / lambda_min)
 * @cost two generator passes a latent dimension that are not differentiated and four that are: take a `subset` of the
 * minibatch and `Objective.every`; beyond 128 latents the directions come from 32 Lanczos steps of three passes, so
 * that the smallest singular value is one from above
 * @when a generator is to have no directions in which nothing changes
 * @see Odena et al., Is generator conditioning causally related to GAN performance? (2018), section 5, which clamps
 * random directions instead
 *
 * @example
 * import { Reg, mul, tensor } from 'saddlepoint'
 * Reg.logConditions((z) => mul(z, tensor([2, 1])), tensor([[0.5, 3]])).data // => [1.3862944]
 */
export const logCondition = (options: LogConditionOptions = {}, ...more: None): Objective => {
  const { all, problems } = readOptions({ weight: 0.03 }, options, { weight: notNegative, ...subsetRules }, {}, more)
  return of(
    'logCondition',
    (play) => {
      const [G, z] = lookedAt(all, play)
      return mul(all.weight, mean(logConditions(G, z)))
    },
    { perLatent: true, options: { ...all }, problems }
  )
}

import { mul, square, sub } from '../../../ops/arithmetic.ts'
import { eye } from '../../../ops/creation.ts'
import { mean, sum, variance } from '../../../ops/reduction.ts'
import { rademacher } from '../../../random/normal.ts'
import type { None } from '../../../tensor/arguments.ts'
import { notNegative, oneOf, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { jvp } from '../../../transform/jvp.ts'
import { vmap } from '../../../transform/vmap.ts'
import type { Generator } from '../generatorJacobian.ts'
import { flatRows, generatorJacobian, metricOf, requireLatents } from '../generatorJacobian.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import { requireProbes } from './perSample.ts'
import type { SubsetOptions } from './subset.ts'
import { lookedAt, several, subsetRules } from './subset.ts'

/** Computes the sum over i != j of M_ij² at each latent, [B]. */
export const offDiagonals = (G: Generator, z: Tensor, ...more: None): Tensor => {
  requireLatents('Reg.offDiagonals', G, z, more)
  const [, latents = 1] = z.shape
  const others = sub(1, eye(latents))
  return sum(square(mul(metricOf(generatorJacobian(G, z)), others)), { axes: [1, 2] })
}

/** Computes the variance over probes of |J v|² at each latent, [B], for directions [probes, B, latents]. */
export const stretchVariances = (G: Generator, z: Tensor, directions: Tensor, ...more: None): Tensor => {
  requireLatents('Reg.stretchVariances', G, z, more)
  requireProbes('Reg.stretchVariances', directions, z)
  const squares = vmap((v: Tensor) =>
    sum(square(flatRows('Reg.stretchVariances', jvp(G, [z], [v])[1])), { axes: [1] })
  )(directions)
  return variance(squares, { axes: [0], ddof: 1 })
}

export interface OrthogonalJacobianOptions extends SubsetOptions {
  /** At least 0; 1 by default. */
  readonly weight?: number
  /** 'rademacher' (default): an unbiased estimate of twice the exact value by a few random directions. 'exact': M itself. */
  readonly mode?: 'exact' | 'rademacher'
  /** Directions of mode 'rademacher', a whole number >= 2; 2 by default. */
  readonly probes?: number
}

/**
 * Keeps the columns of J at right angles, so that each latent dimension changes something of its own, M being J'J.
 * Mode 'rademacher' takes the variance over random signs v (the draw `directions`) of |J v|² in place of the sum,
 * which is twice that in expectation.
 *
 * @formula weight E sum over i != j of M_ij²
 * @cost two generator passes a latent dimension, or two a probe, all differentiated
 * @when latent dimensions are to be disentangled
 * @see Wei et al., Orthogonal Jacobian regularization for unsupervised disentanglement (2021), equations 4 and 9,
 * without its difference step
 *
 * @example
 * import { Reg, matmul, tensor } from 'saddlepoint'
 * import type { Tensor } from 'saddlepoint'
 * const G = (z: Tensor) => matmul(z, tensor([[1, 0], [1, 1]]))
 * Reg.offDiagonals(G, tensor([[0, 0]])).data // => [2]
 */
export const orthogonalJacobian = (options: OrthogonalJacobianOptions = {}, ...more: None): Objective => {
  const usual = { weight: 1, mode: 'rademacher', probes: 2 } as const
  const rules = { weight: notNegative, mode: oneOf('exact', 'rademacher'), probes: several, ...subsetRules }
  const { all, problems } = readOptions<OrthogonalJacobianOptions>(usual, options, rules, {}, more)
  return of(
    'orthogonalJacobian',
    (play) => {
      const [G, z] = lookedAt(all, play)
      if (all.mode === 'exact') return mul(all.weight, mean(offDiagonals(G, z)))
      const directions = play.draw('directions', (key) => rademacher(key, [all.probes, ...z.shape]))
      return mul(all.weight, mean(stretchVariances(G, z, directions)))
    },
    { perLatent: true, options: { ...all }, problems }
  )
}

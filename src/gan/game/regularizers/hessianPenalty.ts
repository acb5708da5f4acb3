import { mul } from '../../../ops/arithmetic.ts'
import { mean, reduceMax, variance } from '../../../ops/reduction.ts'
import { rademacher } from '../../../random/normal.ts'
import type { None } from '../../../tensor/arguments.ts'
import { notNegative, oneOf, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { jvp } from '../../../transform/jvp.ts'
import { vmap } from '../../../transform/vmap.ts'
import type { Generator } from '../generatorJacobian.ts'
import { flatRows, requireLatents } from '../generatorJacobian.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import { requireProbes } from './perSample.ts'
import type { SubsetOptions } from './subset.ts'
import { lookedAt, several, subsetRules } from './subset.ts'

/** Computes v'Hv of each output, [B, outputs], H its Hessian in z, by a Jacobian-vector product of another. */
const curvatures = (G: Generator, z: Tensor, v: Tensor): Tensor =>
  flatRows('Reg.curvatureVariances', jvp((at: Tensor) => jvp(G, [at], [v])[1], [z], [v])[1])

/** Computes the variance over probes of v'Hv of each output, [B, outputs], for directions [probes, B, latents]. */
export const curvatureVariances = (G: Generator, z: Tensor, directions: Tensor, ...more: None): Tensor => {
  requireLatents('Reg.curvatureVariances', G, z, more)
  requireProbes('Reg.curvatureVariances', directions, z)
  return variance(vmap((v: Tensor) => curvatures(G, z, v))(directions), { axes: [0], ddof: 1 })
}

export interface HessianPenaltyOptions extends SubsetOptions {
  /** At least 0; 1 by default. */
  readonly weight?: number
  /** Random directions, a whole number >= 2; 2 by default. */
  readonly probes?: number
  /** Takes over the outputs of a latent their 'max' (by default) or 'mean'. */
  readonly reduction?: 'max' | 'mean'
}

/**
 * Keeps latent dimensions from acting together: over random signs v (the draw `directions`), with H an output's
 * Hessian in z, the variance is twice the sum of the squares beside H's diagonal in expectation. Exact, by a
 * Jacobian-vector product of a Jacobian-vector product: no step size.
 *
 * @formula weight E max over outputs of Var_v(v'Hv)
 * @cost four generator passes a probe, all differentiated
 * @when latent dimensions are to be disentangled
 * @see Peebles et al., The Hessian penalty (2020), equations 2 and 5, without its difference step; its code takes the
 * maximum over the minibatch as well
 *
 * @example
 * import { Reg, prod, tensor } from 'saddlepoint'
 * import type { Tensor } from 'saddlepoint'
 * const G = (z: Tensor) => prod(z, { axes: [1], keepDims: true })
 * const signs = tensor([[[1, 1]], [[1, -1]]])
 * Reg.curvatureVariances(G, tensor([[3, 5]]), signs).data // => [8]
 */
export const hessianPenalty = (options: HessianPenaltyOptions = {}, ...more: None): Objective => {
  const usual = { weight: 1, probes: 2, reduction: 'max' } as const
  const rules = { weight: notNegative, probes: several, reduction: oneOf('max', 'mean'), ...subsetRules }
  const { all, problems } = readOptions<HessianPenaltyOptions>(usual, options, rules, {}, more)
  return of(
    'hessianPenalty',
    (play) => {
      const [G, z] = lookedAt(all, play)
      const directions = play.draw('directions', (key) => rademacher(key, [all.probes, ...z.shape]))
      const each = curvatureVariances(G, z, directions)
      return mul(all.weight, mean(all.reduction === 'max' ? reduceMax(each, { axes: [1] }) : mean(each, { axes: [1] })))
    },
    { perLatent: true, options: { ...all }, problems }
  )
}

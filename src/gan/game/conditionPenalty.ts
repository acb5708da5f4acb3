import { log } from '../../ops/elementary.ts'
import { mul, square, sub } from '../../ops/arithmetic.ts'
import { slice } from '../../ops/assembly.ts'
import { eye } from '../../ops/creation.ts'
import { mean, reduceMax, sum, variance } from '../../ops/reduction.ts'
import { logdet } from '../../linalg/solve.ts'
import { rademacher } from '../../random/normal.ts'
import type { None } from '../../tensor/arguments.ts'
import { count, finite, notNegative, oneOf, optional, readOptions } from '../../tensor/options.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { jvp } from '../../transform/jvp.ts'
import { vmap } from '../../transform/vmap.ts'
import type { Generator } from './generatorJacobian.ts'
import { extremalDirections, flatRows, generatorJacobian, metricOf, requireLatents } from './generatorJacobian.ts'
import { tangentStretch } from './generatorPenalty.ts'
import type { Objective } from './objective.ts'
import { of } from './objective.ts'
import type { Play } from './play.ts'
import { networkOf, playerOf, playerRule } from './players.ts'

/** Penalties of a generator by its Jacobian J = dG/dz, [outputs, latents] a latent, and the metric tensor M = J'J. */

interface SubsetOptions {
  /** Looks at the first so many latents of a minibatch alone, a whole number >= 1: cost is proportional to it. */
  readonly subset?: number
  /** Whose Jacobian it is; the generator's by default. */
  readonly player?: string
}

const subsetRules = { subset: optional(count), player: playerRule }

/** Accepts a number of samples that have a variance. */
const several = { expected: 'a whole number of at least 2', accepts: (x: unknown) => count.accepts(x) && x !== 1 }

/** Returns the network that some options name as a function of latents, and the latents it is looked at. */
const lookedAt = (options: SubsetOptions, play: Play): readonly [Generator, Tensor] => {
  const network = networkOf(play.networks, playerOf(options, 'generator'))
  const [batch = 1] = play.latent.shape
  const rows = Math.min(options.subset ?? batch, batch)
  const first = (x: Tensor): Tensor => (rows === batch ? x : slice(x, { end: [rows] }))
  const labels = play.fakeLabels === undefined ? undefined : first(play.fakeLabels)
  return [(z) => network(z, labels), first(play.latent)]
}

/** Computes log(largest / smallest eigenvalue of M) at each latent, [B]: twice the log condition number of J. */
export const logConditions = (G: Generator, z: Tensor, ...more: None): Tensor => {
  requireLatents('Reg.logConditions', G, z, more)
  const { most, least } = extremalDirections(G, z)
  return mul(2, sub(log(tangentStretch(G, z, most)), log(tangentStretch(G, z, least))))
}

/** Computes log det M at each latent, [B]: NaN where M is singular. */
export const logDeterminants = (G: Generator, z: Tensor, ...more: None): Tensor => {
  requireLatents('Reg.logDeterminants', G, z, more)
  return logdet(metricOf(generatorJacobian(G, z)))
}

export interface LogConditionOptions extends SubsetOptions {
  /** At least 0; 1 by default. */
  readonly weight?: number
}

/**
 * Penalizes the condition number of the generator itself: weight E log(lambda_max / lambda_min), eigenvalues of M. Exact,
 * with the exact gradient: the extremal directions come from `eigh` of M, held constant, and the two singular values are
 * the lengths of J along them. Costs one Jacobian-vector product a latent dimension, of which none is differentiated, and
 * two that are: take a `subset` of the minibatch and `Objective.every`. Infinite where M is singular, as with fewer outputs
 * than latents. Second derivatives, for update rules that take them, hold the directions constant, too.
 *
 * @see Odena et al., Is generator conditioning causally related to GAN performance? (2018), section 5, which clamps random
 * directions instead
 *
 * @example
 * import { Reg, mul, tensor } from 'saddlepoint'
 * Reg.logConditions((z) => mul(z, tensor([2, 1])), tensor([[0.5, 3]])).data // => [1.3862944]
 */
export const logCondition = (options: LogConditionOptions = {}, ...more: None): Objective => {
  const { all, problems } = readOptions({ weight: 1 }, options, { weight: notNegative, ...subsetRules }, {}, more)
  return of(
    'logCondition',
    (play) => {
      const [G, z] = lookedAt(all, play)
      return mul(all.weight, mean(logConditions(G, z)))
    },
    { options: { ...all }, problems }
  )
}

export interface LogDeterminantOptions extends SubsetOptions {
  /** Any number, 1 by default: a negative one keeps volumes from vanishing. */
  readonly weight?: number
}

/**
 * Penalizes how much the generator stretches volumes: weight E log det M, by `cholesky` of M. Costs one Jacobian-vector
 * product a latent dimension, all differentiated. NaN where M is singular.
 *
 * @see Odena et al. (2018), section 2
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
 * Keeps the columns of J at right angles, so that each latent dimension changes something of its own: weight E sum over
 * i != j of M_ij² ('exact'), or weight E of the variance over random signs v of |J v|² (the draw `directions`), which is
 * twice that in expectation. Costs one Jacobian-vector product a latent dimension, or one a probe.
 *
 * @see Wei et al., Orthogonal Jacobian regularization for unsupervised disentanglement (2021), equations 4 and 9, without
 * its difference step
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
    { options: { ...all }, problems }
  )
}

/** Computes v'Hv of each output, [B, outputs], H its Hessian in z, by a Jacobian-vector product of another. */
const curvatures = (G: Generator, z: Tensor, v: Tensor): Tensor =>
  flatRows('Reg.curvatureVariances', jvp((at: Tensor) => jvp(G, [at], [v])[1], [z], [v])[1])

/** Computes the variance over probes of v'Hv of each output, [B, outputs], for directions [probes, B, latents]. */
export const curvatureVariances = (G: Generator, z: Tensor, directions: Tensor, ...more: None): Tensor => {
  requireLatents('Reg.curvatureVariances', G, z, more)
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
 * Keeps latent dimensions from acting together: weight E max over outputs of the variance, over random signs v (the draw
 * `directions`), of v'Hv, H an output's Hessian in z, which is twice the sum of the squares beside H's diagonal in
 * expectation. Exact, by a Jacobian-vector product of a Jacobian-vector product: no step size. Costs some four generator
 * passes a probe.
 *
 * @see Peebles et al., The Hessian penalty (2020), equations 2 and 5, without its difference step; its code takes the
 * maximum over the minibatch as well
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
    { options: { ...all }, problems }
  )
}

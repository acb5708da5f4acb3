import { add, mul, square, sub } from '../../ops/arithmetic.ts'
import { relu } from '../../ops/activation.ts'
import { norm } from '../../ops/norm.ts'
import { mean, sum } from '../../ops/reduction.ts'
import { reshape } from '../../ops/shaping.ts'
import { uniform } from '../../random/uniform.ts'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore, requireFunction, requireTensor } from '../../tensor/arguments.ts'
import { notNegative } from '../../tensor/options.ts'
import { range } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { grad } from '../../transform/grad.ts'
import type { Objective } from './objective.ts'
import { of } from './objective.ts'
import { readOptions } from '../../tensor/options.ts'
import type { Play } from './play.ts'
import { playerOf, playerRule } from './players.ts'

/** Scores samples: [B, ...] -> [B], or scores of patches, [B, ...]. */
export type Critic = (x: Tensor) => Tensor

const featureAxes = (x: Tensor): readonly number[] => range(x.shape.length).slice(1)

/**
 * Computes dD/dx of each sample, [B, ...]: one gradient of the summed scores, since samples do not see one another. A
 * critic of patches counts as the sum of a sample's patches, as in all published PatchGANs with a gradient penalty.
 */
export const inputGradient = (D: Critic, x: Tensor, ...more: None): Tensor => {
  refuseMore('Reg.inputGradient', more)
  requireFunction('Reg.inputGradient', D, 'a critic, which is a function of samples')
  return grad((point: Tensor) => sum(D(point)))(requireTensor('Reg.inputGradient', x))
}

/** Computes ||dD/dx||_2 of each sample, [B]. Finite in value and derivatives also where the gradient is 0. */
export const gradientNorm = (D: Critic, x: Tensor, ...more: None): Tensor =>
  norm(inputGradient(D, x, ...more), { axes: featureAxes(x) })

/** Computes E ||dD/dx||² over samples x. */
export const squaredGradientAt = (D: Critic, x: Tensor, ...more: None): Tensor =>
  mean(sum(square(inputGradient(D, x, ...more)), { axes: featureAxes(x) }))

/** Computes E (||dD/dx|| - target)² over samples x. */
export const gradientPenaltyAt = (D: Critic, x: Tensor, target = 1, ...more: None): Tensor =>
  mean(square(sub(gradientNorm(D, x, ...more), target)))

/** Computes E max(0, ||dD/dx|| - target)² over samples x. */
export const lipschitzPenaltyAt = (D: Critic, x: Tensor, target = 1, ...more: None): Tensor =>
  mean(square(relu(sub(gradientNorm(D, x, ...more), target))))

/** Interpolates each real sample with the fake of its row, `weight` ([B] or [B, 1]) being the real one's part. */
export const interpolate = (real: Tensor, fake: Tensor, weight: Tensor, ...more: None): Tensor => {
  refuseMore('Reg.interpolate', more)
  for (const x of [real, fake, weight]) requireTensor('Reg.interpolate', x)
  const e = reshape(weight, [...real.shape.slice(0, 1), ...featureAxes(real).map(() => 1)])
  return add(mul(e, real), mul(sub(1, e), fake))
}

export interface GammaOptions {
  /** Weight of the penalty, at least 0; 10 by default. */
  readonly gamma?: number
  /** Whose scores are penalized; the discriminator's by default. */
  readonly player?: string
}

const gammaPenalty = (
  name: string,
  options: GammaOptions,
  more: readonly unknown[],
  at: (D: Play['D'], play: Play) => Tensor
): Objective => {
  const { all, problems } = readOptions({ gamma: 10 }, options, { gamma: notNegative, player: playerRule }, {}, more)
  const term = (play: Play): Tensor => mul(all.gamma / 2, at(play.critic(playerOf(all, 'discriminator')), play))
  return of(name, term, { perSample: true, options: { ...all }, problems })
}

/**
 * Penalizes by R1: gamma/2 E ||dD/dx||² on real samples. gamma 10 in the paper for images; about 0.02 for toy
 * densities. Note the half, which some published code leaves out.
 *
 * @see Mescheder, Geiger, Nowozin, Which training methods for GANs do actually converge? (2018), equation 9
 *
 * @example
 * import { Gan, Reg } from 'saddlepoint'
 * const regularized = Gan.withRegularizer('discriminator', Reg.r1({ gamma: 0.02 }))
 * Reg.r1({ gamma: -1 })[0].problems?.[0].path // => ['gamma']
 */
export const r1 = (options: GammaOptions = {}, ...more: None): Objective =>
  gammaPenalty('r1', options, more, (D, { real, realLabels }) => squaredGradientAt((x) => D(x, realLabels), real))

/**
 * Penalizes by R2: gamma/2 E ||dD/dx||² on generated samples.
 *
 * @see Mescheder, Geiger, Nowozin (2018), equation 10
 */
export const r2 = (options: GammaOptions = {}, ...more: None): Objective =>
  gammaPenalty('r2', options, more, (D, { fake, fakeLabels }) => squaredGradientAt((x) => D(x, fakeLabels), fake))

export interface PenaltyOptions {
  /** Weight of the penalty, at least 0; 10 by default. */
  readonly lambda?: number
  /** The gradient norm aimed at, at least 0; 1 by default. */
  readonly target?: number
  /** Whose scores are penalized; the discriminator's by default. */
  readonly player?: string
}

const interpolatedPenalty = (
  name: string,
  options: PenaltyOptions,
  more: readonly unknown[],
  at: typeof gradientPenaltyAt
): Objective => {
  const rules = { lambda: notNegative, target: notNegative, player: playerRule }
  const { all, problems } = readOptions({ lambda: 10, target: 1 }, options, rules, {}, more)
  const term = (play: Play): Tensor => {
    const D = play.critic(playerOf(all, 'discriminator'))
    return mul(
      all.lambda,
      at((x) => D(x, play.realLabels), between(play), all.target)
    )
  }
  return of(name, term, { perSample: true, options: { ...all }, problems })
}

/**
 * Penalizes as WGAN-GP: lambda E (||dD/dx|| - target)² at points between real and fake, x = e real + (1 - e) fake with
 * e uniform on [0, 1) for each sample (the draw `interpolation`, [B]). lambda 10 in the paper. The norm is of each
 * sample's gradient. In a conditional GAN the points carry the labels of the reals.
 *
 * @see Gulrajani et al., Improved training of Wasserstein GANs (2017), equation 3
 */
export const gradientPenalty = (options: PenaltyOptions = {}, ...more: None): Objective =>
  interpolatedPenalty('gradientPenalty', options, more, gradientPenaltyAt)

/**
 * Penalizes as WGAN-LP, one-sided: lambda E max(0, ||dD/dx|| - target)² at points between real and fake.
 *
 * @see Petzka, Fischer, Lukovnikov, On the regularization of Wasserstein GANs (2018), equation 8
 */
export const lipschitzPenalty = (options: PenaltyOptions = {}, ...more: None): Objective =>
  interpolatedPenalty('lipschitzPenalty', options, more, lipschitzPenaltyAt)

const between = ({ real, fake, draw }: Play): Tensor =>
  interpolate(
    real,
    fake,
    draw('interpolation', (key) => uniform(key, real.shape.slice(0, 1)))
  )

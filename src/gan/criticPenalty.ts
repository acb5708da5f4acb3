import { add, mul, square, sub } from '../ops/arithmetic.ts'
import { relu } from '../ops/activation.ts'
import { norm } from '../ops/norm.ts'
import { mean, sum } from '../ops/reduction.ts'
import { reshape } from '../ops/shaping.ts'
import { uniform } from '../random/uniform.ts'
import { range } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { grad } from '../transform/grad.ts'
import type { Objective } from './objective.ts'
import { of } from './objective.ts'
import type { Play } from './play.ts'

/** Scores of samples: [B, ...] -> [B]. */
export type Critic = (x: Tensor) => Tensor

const featureAxes = (x: Tensor): readonly number[] => range(x.shape.length).slice(1)

/** dD/dx of each sample: one gradient of the summed scores, since samples do not see one another. [B, ...]. */
export const inputGradient = (D: Critic, x: Tensor): Tensor => grad((point: Tensor) => sum(D(point)))(x)

/** ||dD/dx||_2 of each sample, [B]. Finite in value and derivatives also where the gradient is 0. */
export const gradientNorm = (D: Critic, x: Tensor): Tensor => norm(inputGradient(D, x), { axes: featureAxes(x) })

/** E ||dD/dx||² over samples x. */
export const squaredGradientAt = (D: Critic, x: Tensor): Tensor => mean(sum(square(inputGradient(D, x)), { axes: featureAxes(x) }))

/** E (||dD/dx|| - target)² over samples x. */
export const gradientPenaltyAt = (D: Critic, x: Tensor, target = 1): Tensor => mean(square(sub(gradientNorm(D, x), target)))

/** E max(0, ||dD/dx|| - target)² over samples x. */
export const lipschitzPenaltyAt = (D: Critic, x: Tensor, target = 1): Tensor =>
  mean(square(relu(sub(gradientNorm(D, x), target))))

/** `weight` of each real sample, [B] or [B, 1], between it and the fake of its row. */
export const interpolate = (real: Tensor, fake: Tensor, weight: Tensor): Tensor => {
  const e = reshape(weight, [real.shape[0]!, ...featureAxes(real).map(() => 1)])
  return add(mul(e, real), mul(sub(1, e), fake))
}

/**
 * R1: gamma/2 E ||dD/dx||² on real samples. gamma 10 in the paper for images; about 0.02 for toy densities.
 *
 * @see Mescheder, Geiger, Nowozin, Which training methods for GANs do actually converge? (2018), equation 9
 */
export const r1 = ({ gamma = 10 }: { readonly gamma?: number } = {}): Objective =>
  of('r1', ({ D, real, realLabels }) => mul(gamma / 2, squaredGradientAt((x) => D(x, realLabels), real)), perSample)

/**
 * R2: gamma/2 E ||dD/dx||² on generated samples.
 *
 * @see Mescheder, Geiger, Nowozin (2018), equation 10
 */
export const r2 = ({ gamma = 10 }: { readonly gamma?: number } = {}): Objective =>
  of('r2', ({ D, fake, fakeLabels }) => mul(gamma / 2, squaredGradientAt((x) => D(x, fakeLabels), fake)), perSample)

export interface PenaltyOptions {
  readonly lambda?: number
  /** The gradient norm aimed at, default 1. */
  readonly target?: number
}

/**
 * WGAN-GP: lambda E (||dD/dx|| - target)² at points between real and fake, x = e real + (1 - e) fake with e uniform on
 * [0, 1) for each sample (the draw `interpolation`, [B]). lambda 10 in the paper.
 *
 * @see Gulrajani et al., Improved training of Wasserstein GANs (2017), equation 3
 */
export const gradientPenalty = ({ lambda = 10, target = 1 }: PenaltyOptions = {}): Objective =>
  of('gradientPenalty', (play) => mul(lambda, gradientPenaltyAt((x) => play.D(x, play.realLabels), between(play), target)), perSample)

/**
 * WGAN-LP, the one-sided penalty: lambda E max(0, ||dD/dx|| - target)² at points between real and fake.
 *
 * @see Petzka, Fischer, Lukovnikov, On the regularization of Wasserstein GANs (2018), equation 8
 */
export const lipschitzPenalty = ({ lambda = 10, target = 1 }: PenaltyOptions = {}): Objective =>
  of('lipschitzPenalty', (play) => mul(lambda, lipschitzPenaltyAt((x) => play.D(x, play.realLabels), between(play), target)), perSample)

const perSample = { perSample: true }

const between = ({ real, fake, draw }: Play): Tensor =>
  interpolate(
    real,
    fake,
    draw('interpolation', (key) => uniform(key, [real.shape[0]!]))
  )

import { relu } from '../../../ops/activation.ts'
import { add, mul, square, sub } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import { uniform } from '../../../random/uniform.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireTensor } from '../../../tensor/arguments.ts'
import { flag, notNegative, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { treeMap } from '../../../tensor/tree.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import type { Play } from '../play.ts'
import type { Input } from '../players.ts'
import { playerOf, playerRule } from '../players.ts'
import type { Critic } from './inputGradient.ts'
import { gradientNorm } from './inputGradient.ts'
import { perSample, requireAlike } from './perSample.ts'

/**
 * Interpolates each real sample with the fake of its row, `weight` ([B] or [B, 1]) being the real one's part.
 *
 * @throws ShapeMisfit for other weights, and for fakes of another shape
 */
export const interpolate = (real: Tensor, fake: Tensor, weight: Tensor, ...more: None): Tensor => {
  refuseMore('Reg.interpolate', more)
  for (const x of [real, fake, weight]) requireTensor('Reg.interpolate', x)
  requireAlike('Reg.interpolate', 'fakes', fake, real)
  const e = perSample('Reg.interpolate', 'weights', weight, real)
  return add(mul(e, real), mul(sub(1, e), fake))
}

/**
 * Returns points between what D is shown of data and of fakes, uniform on the line of each row: the draw `interpolation`,
 * [B]. The parts of a pair move together.
 */
export const between = ({ shown, latent, draw }: Play): Input => {
  const weight = draw('interpolation', (key) => uniform(key, latent.shape.slice(0, 1)))
  return treeMap((real, fake) => interpolate(real, fake, weight), shown.real, shown.fake)
}

/** Computes E (||dD/dx|| - target)² over samples x, one-sided E max(0, ||dD/dx|| - target)². */
export const gradientPenaltyAt = <X extends Input>(
  D: Critic<X>,
  x: X,
  target = 1,
  oneSided = false,
  ...more: None
): Tensor => {
  const excess = sub(gradientNorm(D, x, ...more), target)
  return mean(square(oneSided ? relu(excess) : excess))
}

export interface PenaltyOptions {
  /** Weight of the penalty, at least 0; 10 by default. */
  readonly lambda?: number
  /** The gradient norm aimed at, at least 0; 1 by default. With 0 the penalty is zero-centred. */
  readonly target?: number
  /** Whether norms below the target are left alone, as WGAN-LP does; false by default. */
  readonly oneSided?: boolean
  /** Whose scores are penalized; the discriminator's by default. */
  readonly player?: string
}

/**
 * Penalizes as WGAN-GP: slopes of D other than the target, at points between real and fake with e uniform on [0, 1)
 * for each sample (the draw `interpolation`, [B]). lambda is 10 in the paper, 0.1 in its toys. The norm is of each
 * sample's gradient. In a conditional GAN the points carry the labels of the reals. One-sided it is WGAN-LP, lambda E
 * max(0, ||dD/dx|| - target)²; with target 0 the zero-centred penalty of Thanh-Tung et al. Of a critic that is shown
 * pairs, as by `Loss.bidirectional`, the points lie between pairs, and the norm is that of the gradient in both parts.
 *
 * @formula lambda E (||dD/dx|| - target)², x = e real + (1 - e) fake
 * @cost a gradient of D in its input, differentiated, at points that nothing else looks at
 * @when the loss is `Loss.wasserstein`, which needs it
 * @see Gulrajani et al., Improved training of Wasserstein GANs (2017), equation 3
 * @see Petzka, Fischer, Lukovnikov, On the regularization of Wasserstein GANs (2018), equation 8: one-sided
 * @see Thanh-Tung, Tran, Venkatesh, Improving generalization and stability of GANs (2019): zero-centred
 *
 * @example
 * import { Reg, mul, sum, tensor } from 'saddlepoint'
 * import type { Tensor } from 'saddlepoint'
 * const D = (x: Tensor) => sum(mul(x, tensor([3, 4])), { axes: [1] })
 * Reg.gradientPenaltyAt(D, tensor([[0, 0], [1, 2]]), 1).data // => [16]
 * Reg.gradientPenalty({ target: 6, oneSided: true })[0].options // => { lambda: 10, target: 6, oneSided: true }
 */
export const gradientPenalty = (options: PenaltyOptions = {}, ...more: None): Objective => {
  const rules = { lambda: notNegative, target: notNegative, oneSided: flag, player: playerRule }
  const usual = { lambda: 10, target: 1, oneSided: false }
  const { all, problems } = readOptions<PenaltyOptions>(usual, options, rules, {}, more)
  const { lambda, target, oneSided } = all
  const term = (play: Play): Tensor => {
    const D = play.critic(playerOf(all, 'discriminator'))
    const points = between(play)
    return mul(
      lambda,
      gradientPenaltyAt((x) => D(x, play.realLabels), points, target, oneSided)
    )
  }
  return of('gradientPenalty', term, { perSample: true, options: { ...all }, problems })
}

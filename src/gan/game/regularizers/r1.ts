import { mul } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import { notNegative, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import type { Play } from '../play.ts'
import type { Input } from '../players.ts'
import { playerOf, playerRule } from '../players.ts'
import type { Critic } from './inputGradient.ts'
import { squaredGradients } from './inputGradient.ts'

/** Computes E ||dD/dx||² over samples x. */
export const squaredGradientAt = <X extends Input>(D: Critic<X>, x: X, ...more: None): Tensor =>
  mean(squaredGradients(D, x, more))

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
 * Penalizes by R1: the squared slope of D at real samples. gamma is 10 in the paper, for images, and about 0.02 for
 * toy densities. Note the half, which some published code leaves out. Of a critic that is shown pairs, as by
 * `Loss.bidirectional`, it is the slope in both together, at pairs of data.
 *
 * @formula gamma/2 E ||dD/dx||², x of the data
 * @cost a gradient of D in its input, differentiated: about what the critic's update costs, so `Objective.every` is
 * worth while
 * @when a critic is to be smooth near data: the first choice, and what makes training near an equilibrium converge
 * @see Mescheder, Geiger, Nowozin, Which training methods for GANs do actually converge? (2018), equation 9
 *
 * @example
 * import { Gan, Reg } from 'saddlepoint'
 * const regularized = Gan.withRegularizer('discriminator', Reg.r1({ gamma: 0.02 }))
 * Reg.r1({ gamma: -1 })[0].problems?.[0].path // => ['gamma']
 */
export const r1 = (options: GammaOptions = {}, ...more: None): Objective =>
  gammaPenalty('r1', options, more, (D, { shown, realLabels }) =>
    squaredGradientAt((x) => D(x, realLabels), shown.real)
  )

/**
 * Penalizes by R2: the squared slope of D at generated samples, or at pairs of them.
 *
 * @formula gamma/2 E ||dD/dx||², x = G(z)
 * @cost what R1 does
 * @when beside R1, as in R3GAN: either alone leaves D free at the other's samples
 * @see Mescheder, Geiger, Nowozin, Which training methods for GANs do actually converge? (2018), equation 10
 */
export const r2 = (options: GammaOptions = {}, ...more: None): Objective =>
  gammaPenalty('r2', options, more, (D, { shown, fakeLabels }) =>
    squaredGradientAt((x) => D(x, fakeLabels), shown.fake)
  )

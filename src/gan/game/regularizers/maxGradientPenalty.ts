import { mul } from '../../../ops/arithmetic.ts'
import { reduceMax } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import { notNegative, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import type { Play } from '../play.ts'
import type { Input } from '../players.ts'
import { playerOf, playerRule } from '../players.ts'
import { between } from './gradientPenalty.ts'
import type { Critic } from './inputGradient.ts'
import { squaredGradients } from './inputGradient.ts'

/** Computes max ||dD/dx||² over samples x. */
export const maxGradientPenaltyAt = <X extends Input>(D: Critic<X>, x: X, ...more: None): Tensor =>
  reduceMax(squaredGradients(D, x, more))

export interface MaxGradientPenaltyOptions {
  /** Weight of the penalty, at least 0; 10 by default. */
  readonly lambda?: number
  /** Whose scores are penalized; the discriminator's by default. */
  readonly player?: string
}

/**
 * Penalizes the steepest point alone, of points between real and fake (the draw `interpolation`, [B], as in
 * `gradientPenalty`). Lowers an estimate of the critic's Lipschitz constant from below, and leaves the rest of the
 * critic free.
 *
 * @formula lambda max_i ||dD/dx_i||², x = e real + (1 - e) fake
 * @cost what `gradientPenalty` does, though only one row of the minibatch counts
 * @when the critic is to be Lipschitz without being 1-Lipschitz everywhere
 * @see Zhou et al., Lipschitz generative adversarial nets (2019), section 4
 *
 * @example
 * import { Reg, square, sum, tensor } from 'saddlepoint'
 * import type { Tensor } from 'saddlepoint'
 * const D = (x: Tensor) => sum(square(x), { axes: [1] })
 * Reg.maxGradientPenaltyAt(D, tensor([[1, 0], [0, 3]])).data // => [36]
 */
export const maxGradientPenalty = (options: MaxGradientPenaltyOptions = {}, ...more: None): Objective => {
  const { all, problems } = readOptions({ lambda: 10 }, options, { lambda: notNegative, player: playerRule }, {}, more)
  const term = (play: Play): Tensor => {
    const D = play.critic(playerOf(all, 'discriminator'))
    const points = between(play)
    return mul(
      all.lambda,
      maxGradientPenaltyAt((x) => D(x, play.realLabels), points)
    )
  }
  return of('maxGradientPenalty', term, { perSample: true, options: { ...all }, problems })
}

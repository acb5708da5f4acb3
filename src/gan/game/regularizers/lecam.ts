import { relu } from '../../../ops/activation.ts'
import { add, mul, square, sub } from '../../../ops/arithmetic.ts'
import { less, where } from '../../../ops/comparison.ts'
import { stopGradient } from '../../../ops/conversion.ts'
import { mean } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireTensor } from '../../../tensor/arguments.ts'
import { belowOne, countOrZero, notNegative, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import type { Play } from '../play.ts'
import { playerOf, playerRule } from '../players.ts'

/** Computes E max(0, D(x) - fakeMean)² + E max(0, realMean - D(G(z)))² of scores, the means being scalars. */
export const lecamAt = (
  onReal: Tensor,
  onFake: Tensor,
  realMean: Tensor | number,
  fakeMean: Tensor | number,
  ...more: None
): Tensor => {
  refuseMore('Reg.lecamAt', more)
  for (const scores of [onReal, onFake]) requireTensor('Reg.lecamAt', scores)
  return add(mean(square(relu(sub(onReal, fakeMean)))), mean(square(relu(sub(realMean, onFake)))))
}

export interface LecamOptions {
  /** Weight of the penalty, at least 0; 0.3 by default. */
  readonly lambda?: number
  /** Decay of the two running means, in [0, 1); 0.99 by default (0.9 in the authors' code of BigGAN). */
  readonly decay?: number
  /**
   * Steps at which the means are those of the minibatch and nothing is penalized, a whole number; 1,000 by default. With 0
   * the means begin at 0.
   */
  readonly start?: number
  /** Whose scores are penalized; the discriminator's by default. */
  readonly player?: string
}

/**
 * Penalizes scores by how far they are from the running mean of the other kind, a_real and a_fake. The means are kept
 * in the state, so they go on where a training is resumed; they count updates of the critic, and `start` counts
 * steps. The ramps max(0, .) are in the authors' code, not in their equation.
 *
 * @formula lambda (E max(0, D(x) - a_fake)² + E max(0, a_real - D(G(z)))²), then a <- decay a + (1 - decay) E D
 * @cost nothing beside the scores of the loss
 * @when data are few
 * @see Tseng et al., Regularizing generative adversarial networks under limited data (2021), equation 4
 *
 * @example
 * import { Reg, tensor } from 'saddlepoint'
 * Reg.lecamAt(tensor([3, 0]), tensor([-1, 2]), 1, 1).data // => [4]
 */
export const lecam = (options: LecamOptions = {}, ...more: None): Objective => {
  const rules = { lambda: notNegative, decay: belowOne, start: countOrZero, player: playerRule }
  const usual = { lambda: 0.3, decay: 0.99, start: 1000 }
  const { all, problems } = readOptions<LecamOptions>(usual, options, rules, {}, more)
  const { lambda, decay, start } = all
  const term = (play: Play): Tensor => {
    const { shown, realLabels, fakeLabels, step, recall, remember } = play
    const D = play.critic(playerOf(all, 'discriminator'))
    const fromStart = (x: number): Tensor | number => (start === 0 ? x : where(less(step, start), 0, x))
    const onReal = D(shown.real, realLabels)
    const onFake = D(shown.fake, fakeLabels)
    const means = { real: recall('real', 0), fake: recall('fake', 0) }
    const next = (mean_: Tensor, scores: Tensor): Tensor => {
      const kept = fromStart(decay)
      return stopGradient(add(mul(kept, mean_), mul(sub(1, kept), mean(scores))))
    }
    remember('real', next(means.real, onReal))
    remember('fake', next(means.fake, onFake))
    return mul(fromStart(lambda), lecamAt(onReal, onFake, means.real, means.fake))
  }
  return of('lecam', term, { options: { ...all }, problems })
}

import { softplus } from '../../../ops/activation.ts'
import { add, neg, sub } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Play } from '../play.ts'
import type { Loss } from './loss.ts'
import { loss } from './loss.ts'

/** Computes r = D(x) - E D(G(z)) and f = D(G(z)) - E D(x), shaped like the scores. */
const relative = ({ D, real, fake, realLabels, fakeLabels }: Play): { readonly r: Tensor; readonly f: Tensor } => {
  const onReal = D(real, realLabels)
  const onFake = D(fake, fakeLabels)
  return { r: sub(onReal, mean(onFake)), f: sub(onFake, mean(onReal)) }
}

/**
 * Plays the relativistic average game: each sample is judged against the mean of the other kind, so that the
 * generator also learns from reals, of which its update takes a minibatch. `relativistic` compares pairs.
 *
 * @formula L_D = E softplus(-r) + E softplus(f), L_G = E softplus(r) + E softplus(-f), r = D(x) - E D(G(z)), f =
 * D(G(z)) - E D(x)
 * @cost one more critic pass than the non-saturating loss, in the generator's update
 * @when plain losses collapse at high resolutions
 * @see Jolicoeur-Martineau, The relativistic discriminator (2018), where it is RaSGAN
 *
 * @example
 * import { Gan, Loss, Net, Prior, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }),
 *   Gan.withLoss(Loss.relativisticAverage)
 * )
 * spec.loss?.name // => 'relativisticAverage'
 */
export const relativisticAverage: Loss = /* @__PURE__ */ loss(
  'relativisticAverage',
  (play) => {
    const { r, f } = relative(play)
    return add(mean(softplus(neg(r))), mean(softplus(f)))
  },
  (play) => {
    const { r, f } = relative(play)
    return add(mean(softplus(r)), mean(softplus(neg(f))))
  }
)

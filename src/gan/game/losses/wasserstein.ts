import { neg, sub } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import type { Loss } from './loss.ts'
import { loss } from './loss.ts'

/**
 * Plays the Wasserstein game: L_D = E D(G(z)) - E D(x), L_G = -E D(G(z)). Needs a Lipschitz critic:
 * `Reg.gradientPenalty`, or `Gan.withProjection('discriminator', Projection.clip(0.01))`.
 *
 * @see Arjovsky, Chintala, Bottou, Wasserstein GAN (2017)
 */
export const wasserstein: Loss = /* @__PURE__ */ loss(
  'wasserstein',
  ({ D, real, fake, realLabels, fakeLabels }) => {
    const onReal = D(real, realLabels)
    return sub(mean(D(fake, fakeLabels)), mean(onReal))
  },
  ({ D, fake, fakeLabels }) => neg(mean(D(fake, fakeLabels)))
)

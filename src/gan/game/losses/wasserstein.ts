import { neg, sub } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import type { Loss } from './loss.ts'
import { loss } from './loss.ts'

/**
 * Plays the Wasserstein game. Needs a Lipschitz critic: `Reg.gradientPenalty`, or
 * `Gan.withProjection('discriminator', Projection.clip(0.01))`.
 *
 * @formula L_D = E D(G(z)) - E D(x), L_G = -E D(G(z))
 * @cost what the minimax game does, and mostly five critic steps a cycle
 * @when a loss is to tell how training goes: D's, negated, follows the distance of fakes from the data
 * @see Arjovsky, Chintala, Bottou, Wasserstein GAN (2017), algorithm 1
 *
 * @example
 * import { Gan, Loss, Net, Prior, Reg, Update, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }),
 *   Gan.withLoss(Loss.wasserstein),
 *   Gan.withRegularizer('discriminator', Reg.gradientPenalty({ lambda: 10 })),
 *   Gan.withUpdate(Update.alternating({ discriminatorSteps: 5 }))
 * )
 * spec.loss?.name // => 'wasserstein'
 */
export const wasserstein: Loss = /* @__PURE__ */ loss(
  'wasserstein',
  ({ D, real, fake, realLabels, fakeLabels }) => {
    const onReal = D(real, realLabels)
    return sub(mean(D(fake, fakeLabels)), mean(onReal))
  },
  ({ D, fake, fakeLabels }) => neg(mean(D(fake, fakeLabels)))
)

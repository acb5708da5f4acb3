import { relu } from '../../../ops/activation.ts'
import { add, neg, sub } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import type { Loss } from './loss.ts'
import { loss } from './loss.ts'

/**
 * Plays the hinge game. D learns from samples within the margins alone.
 *
 * @formula L_D = E max(0, 1 - D(x)) + E max(0, 1 + D(G(z))), L_G = -E D(G(z))
 * @cost what the minimax game does
 * @when the critic has spectral normalization, as in SAGAN and BigGAN
 * @see Lim and Ye, Geometric GAN (2017)
 * @see Miyato et al., Spectral normalization for generative adversarial networks (2018), equations 16 and 17
 *
 * @example
 * import { Gan, Loss, Net, Prior, pipe } from 'saddlepoint'
 * const critic = Net.serial(Net.spectral(Net.dense(2, 64)), Net.relu, Net.spectral(Net.dense(64, 1)))
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: critic, prior: Prior.normal([8]) }),
 *   Gan.withLoss(Loss.hinge)
 * )
 * spec.loss?.name // => 'hinge'
 */
export const hinge: Loss = /* @__PURE__ */ loss(
  'hinge',
  ({ D, real, fake, realLabels, fakeLabels }) =>
    add(mean(relu(sub(1, D(real, realLabels)))), mean(relu(add(1, D(fake, fakeLabels))))),
  ({ D, fake, fakeLabels }) => neg(mean(D(fake, fakeLabels)))
)

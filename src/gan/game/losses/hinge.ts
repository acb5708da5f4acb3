import { relu } from '../../../ops/activation.ts'
import { add, neg, sub } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import type { Loss } from './loss.ts'
import { loss } from './loss.ts'

/**
 * Plays the hinge game: L_D = E max(0, 1 - D(x)) + E max(0, 1 + D(G(z))), L_G = -E D(G(z)).
 *
 * @see Lim and Ye, Geometric GAN (2017); Miyato et al., Spectral normalization (2018), equations 16 and 17
 */
export const hinge: Loss = /* @__PURE__ */ loss(
  'hinge',
  ({ D, real, fake, realLabels, fakeLabels }) =>
    add(mean(relu(sub(1, D(real, realLabels)))), mean(relu(add(1, D(fake, fakeLabels))))),
  ({ D, fake, fakeLabels }) => neg(mean(D(fake, fakeLabels)))
)

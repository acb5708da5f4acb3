import { softplus } from '../../../ops/activation.ts'
import { add, mul, neg } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import type { Rule } from '../../../tensor/options.ts'
import { readOptions } from '../../../tensor/options.ts'
import type { Term } from '../objective.ts'
import type { Loss } from './loss.ts'
import { loss } from './loss.ts'

/**
 * Computes the critic's logistic loss -E[t log s(D(x)) + (1 - t) log s(-D(x))] - E log s(-D(G(z))), s the logistic
 * function, t the target of real samples. As softplus, which neither overflows nor loses its tails: -log s(d) =
 * softplus(-d).
 */
const logisticDiscriminator =
  (realTarget: number): Term =>
  ({ D, real, fake, realLabels, fakeLabels }) => {
    const onReal = D(real, realLabels)
    const onFake = D(fake, fakeLabels)
    const realPart =
      realTarget === 1
        ? softplus(neg(onReal))
        : add(mul(softplus(neg(onReal)), realTarget), mul(softplus(onReal), 1 - realTarget))
    return add(mean(realPart), mean(softplus(onFake)))
  }

const targetRule: Rule = {
  expected: 'a target in (0, 1]',
  accepts: (x) => typeof x === 'number' && x > 0 && x <= 1
}

export interface LogisticOptions {
  /** One-sided label smoothing: the target of real samples, in (0, 1]; default 1, often 0.9. Fakes keep target 0. */
  readonly realTarget?: number
}

/**
 * Plays the minimax game, with s the sigmoid. As softplus, -log s(d) = softplus(-d), which neither overflows nor
 * loses its tails.
 *
 * @formula L_D = -E log s(D(x)) - E log(1 - s(D(G(z)))), L_G = E log(1 - s(D(G(z))))
 * @cost one critic pass of reals and one of fakes for D, one of fakes for G
 * @when theory is to be followed: the generator's gradient vanishes where D wins
 * @see Goodfellow et al., Generative adversarial nets (2014), equation 1
 *
 * @example
 * import { Loss } from 'saddlepoint'
 * Loss.minimaxWith({ realTarget: 0.9 }).options // => { realTarget: 0.9 }
 */
export const minimaxWith = (options: LogisticOptions = {}, ...more: None): Loss => {
  const read = readOptions({ realTarget: 1 }, options, { realTarget: targetRule }, {}, more)
  return loss(
    'minimax',
    logisticDiscriminator(read.all.realTarget),
    ({ D, fake, fakeLabels }) => neg(mean(softplus(D(fake, fakeLabels)))),
    read
  )
}
/** Plays the minimax game: `minimaxWith` a real target of 1. */
export const minimax: Loss = /* @__PURE__ */ minimaxWith()

/**
 * Plays the non-saturating game: D plays minimax, and G has a gradient that is strong where D wins. A `realTarget` t
 * below 1 is one-sided label smoothing: reals then cost -E t log s(D(x)) - E (1 - t) log s(-D(x)).
 *
 * @formula L_D = -E log s(D(x)) - E log(1 - s(D(G(z)))), L_G = -E log s(D(G(z)))
 * @cost what the minimax game does
 * @when in doubt: the usual choice, with R1 or spectral normalization
 * @see Goodfellow et al., Generative adversarial nets (2014), section 3
 * @see Salimans et al., Improved techniques for training GANs (2016), section 3.4: label smoothing
 *
 * @example
 * import { Loss } from 'saddlepoint'
 * Loss.nonSaturatingWith({ realTarget: 0.9 }).name // => 'nonSaturating'
 */
export const nonSaturatingWith = (options: LogisticOptions = {}, ...more: None): Loss => {
  const read = readOptions({ realTarget: 1 }, options, { realTarget: targetRule }, {}, more)
  return loss(
    'nonSaturating',
    logisticDiscriminator(read.all.realTarget),
    ({ D, fake, fakeLabels }) => mean(softplus(neg(D(fake, fakeLabels)))),
    read
  )
}
/** Plays the non-saturating game: `nonSaturatingWith` a real target of 1. */
export const nonSaturating: Loss = /* @__PURE__ */ nonSaturatingWith()

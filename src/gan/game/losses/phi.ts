import { sigmoid, softplus } from '../../../ops/activation.ts'
import { add, mul, neg } from '../../../ops/arithmetic.ts'
import { exp } from '../../../ops/elementary.ts'
import { mean } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import { anyFunction, either, oneOf, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Loss } from './loss.ts'
import { loss } from './loss.ts'

type NamedMeasure = 'log' | 'identity' | 'sqrt'

/** Names a measuring function, or is one: a monotone, concave function of probabilities in (0, 1). */
export type Measure = NamedMeasure | ((probability: Tensor) => Tensor)

/** phi(sigmoid(s)) of scores s, without the rounding of probabilities near 0. */
const measures: Readonly<Record<NamedMeasure, (scores: Tensor) => Tensor>> = {
  log: (s) => neg(softplus(neg(s))),
  identity: (s) => sigmoid(s),
  sqrt: (s) => exp(mul(-0.5, softplus(neg(s))))
}

/**
 * Plays the game of a measuring function phi of probabilities p = sigmoid(D). phi 'log' is the minimax game,
 * 'identity' the difference of means of a critic that is bounded, 'sqrt' is between them; a function of probabilities
 * of one's own will do.
 *
 * @formula L_D = -E phi(p(x)) - E phi(1 - p(G(z))), L_G = E phi(1 - p(G(z)))
 * @cost what the minimax game does
 * @when one studies what phi does to equilibria: the generator's gradient vanishes where D wins, least so with
 * 'identity' at even odds
 * @see Arora et al., Generalization and equilibrium in generative adversarial nets (2017), equation 2
 * @see Risteski, lecture 16, GANs, section 16.1.5
 *
 * @example
 * import { Loss, pow } from 'saddlepoint'
 * Loss.phi('sqrt').options // => { phi: 'sqrt' }
 * const gentle = Loss.phi((p) => pow(p, 0.25))
 * gentle.problems // => []
 */
export const phi = (measure: Measure, ...more: None): Loss => {
  const rule = either(oneOf(...Object.keys(measures)), anyFunction)
  const { problems } = readOptions({}, {}, { phi: rule }, { phi: measure }, more)
  const ofScores =
    typeof measure === 'function'
      ? (scores: Tensor) => measure(sigmoid(scores))
      : measures[problems.length === 0 ? measure : 'identity']
  return loss(
    'phi',
    ({ D, real, fake, realLabels, fakeLabels }) => {
      const onReal = ofScores(D(real, realLabels))
      return neg(add(mean(onReal), mean(ofScores(neg(D(fake, fakeLabels))))))
    },
    ({ D, fake, fakeLabels }) => mean(ofScores(neg(D(fake, fakeLabels)))),
    { all: { phi: measure }, problems }
  )
}

import { softplus } from '../../../ops/activation.ts'
import { add, div, neg, square, sub } from '../../../ops/arithmetic.ts'
import { exp, expm1 } from '../../../ops/elementary.ts'
import { mean } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import { oneOf, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Loss } from './loss.ts'
import { loss } from './loss.ts'

/** Names an f-divergence between the distributions of the data, P, and of the fakes, Q. */
export type Divergence = 'kl' | 'reverseKl' | 'pearson' | 'squaredHellinger' | 'jensenShannon' | 'gan'

/** The functions of a score v by which a divergence is estimated from below. */
interface Bound {
  /** The output activation g, onto the domain of f*. */
  readonly g: (v: Tensor) => Tensor
  /** f*(g(v)), f* being the conjugate of f: simplified, so that nothing overflows on the way. */
  readonly conjugate: (v: Tensor) => Tensor
}

const bounds: Readonly<Record<Divergence, Bound>> = {
  kl: { g: (v) => v, conjugate: (v) => exp(sub(v, 1)) },
  reverseKl: { g: (v) => neg(exp(neg(v))), conjugate: (v) => sub(v, 1) },
  pearson: { g: (v) => v, conjugate: (v) => add(div(square(v), 4), v) },
  squaredHellinger: { g: (v) => neg(expm1(neg(v))), conjugate: (v) => expm1(v) },
  jensenShannon: { g: (v) => sub(Math.LN2, softplus(neg(v))), conjugate: (v) => sub(softplus(v), Math.LN2) },
  gan: { g: (v) => neg(softplus(neg(v))), conjugate: (v) => softplus(v) }
}

export interface FGanOptions {
  /** 'nonSaturating' (default): -E g(D(G(z))), strong where D wins. 'saturating': -E f*(g(D(G(z)))), the bound itself. */
  readonly generator?: 'nonSaturating' | 'saturating'
}

/**
 * Minimizes an f-divergence between data and fakes: D maximizes the lower bound E g(D(x)) - E f*(g(D(G(z)))), with g
 * and the conjugate f* of the divergence: 'kl', 'reverseKl', 'pearson', 'squaredHellinger', 'jensenShannon' or 'gan',
 * which is the minimax game. At D's best the bound is the divergence.
 *
 * @formula L_D = E f*(g(D(G(z)))) - E g(D(x)), L_G = -E g(D(G(z))), or -E f*(g(D(G(z)))) where it saturates
 * @cost what the minimax game does
 * @when the divergence matters: 'kl' covers all modes, 'reverseKl' keeps to some; both have gradients that grow
 * exponentially with D's scores
 * @see Nowozin, Cseke, Tomioka, f-GAN (2016), equations 4 and 6, table 2; the non-saturating form: section 3.2
 *
 * @example
 * import { Loss } from 'saddlepoint'
 * Loss.fGan('reverseKl', { generator: 'saturating' }).options // => { divergence: 'reverseKl', generator: 'saturating' }
 */
export const fGan = (divergence: Divergence, options: FGanOptions = {}, ...more: None): Loss => {
  const rules = { divergence: oneOf(...Object.keys(bounds)), generator: oneOf('nonSaturating', 'saturating') }
  const { all, problems } = readOptions({ generator: 'nonSaturating' }, options, rules, { divergence }, more)
  const { g, conjugate } = bounds[problems.length === 0 ? divergence : 'gan']
  return loss(
    'fGan',
    ({ D, real, fake, realLabels, fakeLabels }) => {
      const onReal = D(real, realLabels)
      return sub(mean(conjugate(D(fake, fakeLabels))), mean(g(onReal)))
    },
    ({ D, fake, fakeLabels }) => {
      const onFake = D(fake, fakeLabels)
      return neg(mean(all.generator === 'saturating' ? conjugate(onFake) : g(onFake)))
    },
    { all: { divergence, ...all }, problems }
  )
}

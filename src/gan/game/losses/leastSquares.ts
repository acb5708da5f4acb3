import { add, mul, square, sub } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import { finite, readOptions } from '../../../tensor/options.ts'
import type { Loss } from './loss.ts'
import { loss } from './loss.ts'

export interface LeastSquaresOptions {
  /** a, what D is to give for fakes; 0 by default. */
  readonly fakeTarget?: number
  /** b, what D is to give for reals; 1 by default. */
  readonly realTarget?: number
  /** c, what G wants D to give for fakes; 1 by default. */
  readonly generatorTarget?: number
}

/**
 * Plays the least-squares game of targets a for fakes, b for reals, and c for what the generator wants.
 *
 * @formula L_D = E (D(x) - b)²/2 + E (D(G(z)) - a)²/2, L_G = E (D(G(z)) - c)²/2
 * @cost what the minimax game does
 * @when the gradient is not to vanish where samples are far on the right side of D's boundary
 * @see Mao et al., Least squares generative adversarial networks (2017), equation 2
 *
 * @example
 * import { Loss } from 'saddlepoint'
 * Loss.leastSquaresWith({ fakeTarget: -1, generatorTarget: 0 }).options
 * // => { fakeTarget: -1, realTarget: 1, generatorTarget: 0 }
 */
export const leastSquaresWith = (options: LeastSquaresOptions = {}, ...more: None): Loss => {
  const defaults = { fakeTarget: 0, realTarget: 1, generatorTarget: 1 }
  const rules = { fakeTarget: finite, realTarget: finite, generatorTarget: finite }
  const read = readOptions(defaults, options, rules, {}, more)
  const { fakeTarget, realTarget, generatorTarget } = read.all
  const game = loss(
    'leastSquares',
    ({ D, real, fake, realLabels, fakeLabels }) =>
      add(
        mul(0.5, mean(square(sub(D(real, realLabels), realTarget)))),
        mul(0.5, mean(square(sub(D(fake, fakeLabels), fakeTarget))))
      ),
    ({ D, fake, fakeLabels }) => mul(0.5, mean(square(sub(D(fake, fakeLabels), generatorTarget)))),
    read
  )
  // Scores between the targets 0 and 1 may well come of a sigmoid.
  return { ...game, raw: false }
}
/** Plays the least-squares game: `leastSquaresWith` a, b, c = 0, 1, 1. */
export const leastSquares: Loss = /* @__PURE__ */ leastSquaresWith()

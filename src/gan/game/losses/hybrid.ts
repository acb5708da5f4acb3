import { add, div, mul } from '../../../ops/arithmetic.ts'
import { stopGradient } from '../../../ops/conversion.ts'
import { sqrt } from '../../../ops/elementary.ts'
import type { None } from '../../../tensor/arguments.ts'
import { fail } from '../../../tensor/error.ts'
import { anyFunction, positive, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { grad } from '../../../transform/grad.ts'
import type { Term } from '../objective.ts'
import { of, weightAt } from '../objective.ts'
import type { Play } from '../play.ts'
import { squaredNorm, total } from '../profile.ts'
import { nonSaturating } from './logistic.ts'
import type { Loss } from './loss.ts'
import { aLoss, isLoss } from './loss.ts'

/** Computes the length of a term's gradient in the parameters that move: a constant. */
const gradientNorm = (term: Term, { moving }: Play): Tensor => {
  if (moving === undefined)
    return fail('InvalidArgument', {
      op: 'hybrid',
      expected: 'a play of an update, which moves some player',
      actual: 'one in which nobody moves',
      hint: 'Terms of a spec are given such plays'
    })
  return sqrt(stopGradient(squaredNorm(grad((params: unknown) => term(moving.at(params)))(moving.params))))
}

export interface HybridOptions {
  /** How many times as long the gradient of `main` is to be as that of the adversarial part, positive; 1 by default. */
  readonly ratio?: number
  /** What is added to the length that is divided by, positive; 1e-6 by default. */
  readonly epsilon?: number
  /** The game beside it; `nonSaturating` by default. */
  readonly loss?: Loss
}

/**
 * Weights the generator's part of a game against a main term (a reconstruction error, say) by the lengths of their
 * gradients in the generator's parameters, a constant of the gradient. So the adversarial part never outweighs the
 * main one, whatever its scale. D plays the game as it is.
 *
 * @formula L_G = main + c adversarial, c = |grad main| / (|grad adversarial| + epsilon) / ratio
 * @cost two further gradients of the generator
 * @when a generator has a main error that the critic only sharpens: restoration, translation, autoencoders
 * @see TensorFlow-GAN, `combine_adversarial_loss` with `gradient_ratio`
 * @see Esser, Rombach, Ommer, Taming transformers (2021), equation 7, which has the same weight at the last layer
 * alone
 *
 * @example
 * import { Loss, abs, mean, sub } from 'saddlepoint'
 * const game = Loss.hybrid(({ real, fake }) => mean(abs(sub(real, fake))), { ratio: 10, loss: Loss.hinge })
 * game.objectives.generator.map(({ name }) => name) // => ['main', 'hinge']
 */
export const hybrid = (main: Term, options: HybridOptions = {}, ...more: None): Loss => {
  const usual = { ratio: 1, epsilon: 1e-6, loss: nonSaturating }
  const rules = { main: anyFunction, ratio: positive, epsilon: positive, loss: aLoss }
  const { all, problems } = readOptions<HybridOptions>(usual, options, rules, { main }, more)
  const base = isLoss(all.loss) ? all.loss : nonSaturating
  const entries = (base.objectives['generator'] ?? []).filter(({ isMetric }) => isMetric !== true)
  const adversarial: Term = (play) =>
    total(entries.map((entry) => mul(entry.term(play), weightAt({ ...entry, every: 1 }, play.step))))
  const balanced: Term = (play) => {
    const lengths = add(gradientNorm(adversarial, play), all.epsilon)
    return mul(div(gradientNorm(main, play), mul(all.ratio, lengths)), adversarial(play))
  }
  return {
    ...base,
    name: 'hybrid',
    options: { main, ...all },
    problems: [...base.problems, ...problems],
    objectives: { ...base.objectives, generator: [...of('main', main), ...of(base.name, balanced)] }
  }
}

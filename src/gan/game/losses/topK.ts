import { softplus } from '../../../ops/activation.ts'
import { div, max, mul, neg } from '../../../ops/arithmetic.ts'
import { less } from '../../../ops/comparison.ts'
import { convert, stopGradient } from '../../../ops/conversion.ts'
import { argsort } from '../../../ops/ordering.ts'
import { mean, sum } from '../../../ops/reduction.ts'
import type { Rate } from '../../../optim/schedule.ts'
import type { None } from '../../../tensor/arguments.ts'
import { fail } from '../../../tensor/error.ts'
import { anyFunction, count, either, oneOf, readOptions } from '../../../tensor/options.ts'
import { range } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Term } from '../objective.ts'
import { of } from '../objective.ts'
import { hinge } from './hinge.ts'
import { nonSaturating } from './logistic.ts'
import type { Loss } from './loss.ts'

export interface TopKOptions {
  /** Fakes that count, a whole number >= 1, or a schedule of it, whose values are rounded up; those beyond B are B. */
  readonly k: Rate
  /** The game that is played: 'nonSaturating' (default) or 'hinge'. */
  readonly loss?: 'nonSaturating' | 'hinge'
}

/** Computes the mean over patches of each sample, [B]. */
const perSample = (x: Tensor): Tensor => (x.shape.length === 1 ? x : mean(x, { axes: range(x.shape.length).slice(1) }))

/**
 * Computes the mean of the values of the k samples with the largest scores, [B] or [B, h, w] of patches, whose mean then
 * counts; of equal ones the first comes first. Which samples these are is a constant.
 */
const meanOfBest = (values: Tensor, scores: Tensor, k: Tensor | number): Tensor => {
  const rank = argsort(argsort(neg(stopGradient(perSample(scores)))))
  const counts = convert(less(convert(rank, 'float32'), max(k, 1)), 'float32')
  return div(sum(mul(counts, perSample(values))), sum(counts))
}

/**
 * Plays the non-saturating or the hinge game, in which the generator learns from those k fakes alone that D scores
 * highest: fakes that D rejects most have gradients that lead away from the data. Let k begin at the batch size and
 * fall to a half or three quarters of it.
 *
 * @formula L_G = the mean over the k highest D(G(z)) of softplus(-D(G(z))), or of -D(G(z)); L_D as in the game
 * @cost two sorts of B numbers
 * @when samples between modes remain late in training
 * @see Sinha et al., Top-k training of GANs (2020), algorithm 1
 *
 * @example
 * import { Loss, Opt } from 'saddlepoint'
 * const game = Loss.topK({ k: Opt.linear(128, 96, 10000), loss: 'hinge' })
 * game.problems // => []
 */
export const topK = (options: TopKOptions, ...more: None): Loss => {
  const rules = { k: either(count, anyFunction), loss: oneOf('nonSaturating', 'hinge') }
  const read = readOptions<TopKOptions>({ loss: 'nonSaturating' }, options, rules, {}, more)
  const { k, loss: game } = read.all
  const base = game === 'hinge' ? hinge : nonSaturating
  const generator: Term = ({ D, fake, fakeLabels, step }) => {
    const scores = D(fake, fakeLabels)
    const [batch = 0] = scores.shape
    if (typeof k === 'number' && k > batch)
      fail('InvalidArgument', {
        op: 'topK',
        expected: `k from 1 to ${String(batch)}, the samples of a minibatch`,
        actual: String(k),
        hint: 'Change k or batchSize'
      })
    const values = game === 'hinge' ? neg(scores) : softplus(neg(scores))
    return meanOfBest(values, scores, typeof k === 'number' ? k : k(step))
  }
  return {
    ...base,
    name: 'topK',
    options: { ...read.all },
    problems: read.problems,
    objectives: { ...base.objectives, generator: of('topK', generator) }
  }
}

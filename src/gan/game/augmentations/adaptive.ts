import { add, div } from '../../../ops/arithmetic.ts'
import { greaterEqual, where } from '../../../ops/comparison.ts'
import { take } from '../../../ops/indexing.ts'
import { mean } from '../../../ops/reduction.ts'
import { randint } from '../../../random/integers.ts'
import type { None } from '../../../tensor/arguments.ts'
import type { Rule } from '../../../tensor/options.ts'
import { count, finite, optional, positive, readOptions, upToOne } from '../../../tensor/options.ts'
import type { Problem } from '../../../tensor/problem.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { isTensor } from '../../../tensor/tensor.ts'
import { isRecord } from '../../../tensor/tree.ts'
import type { Objective } from '../objective.ts'
import { metric } from '../objective.ts'
import type { Play } from '../play.ts'
import { adapted, signs, validationGap } from './adaptation.ts'

/** Describes a probability that follows how far a player's network overfits. */
export interface Adaptive {
  readonly name: 'adaptive'
  readonly options: Readonly<Record<string, unknown>>
  /** What is wrong with them. */
  readonly problems: readonly Problem[]
  /** The probability before the first update. */
  readonly initial: number
  /** Makes the figure of a player's updates that remembers the probability as `probability`, and gives it. */
  readonly control: (player: string) => Objective
}

export interface AdaptiveOptions {
  /** How far D may overfit: above it the probability grows, below it shrinks; 0.6 by default. */
  readonly target?: number
  /** Minibatches, each of one update of the player, after which the probability moves; 4 by default. */
  readonly every?: number
  /** Samples in which the probability goes from 0 to 1; 500,000 by default, 100,000 in the paper's transfer learning. */
  readonly images?: number
  /** Probability before the first update, in [0, 1]; 0 by default. */
  readonly initial?: number
  /**
   * Data [V, ...] that are not trained on, or { real, labels } where the GAN is conditional: overfitting is then r_v, from
   * as many of them as a minibatch has, drawn each time. Without any it is r_t, the mean sign of D's scores of data.
   */
  readonly validation?: Tensor | { readonly real: Tensor; readonly labels: Tensor }
}

/** Computes how far a player overfits; `averaged` gives the mean of a scalar over the minibatches observed. */
type Heuristic = (play: Play, player: string, averaged: (name: string, x: Tensor) => Tensor) => Tensor

const bySigns: Heuristic = ({ critic, real, realLabels }, player, averaged) =>
  averaged('signs', signs(critic(player)(real, realLabels)))

const byValidation =
  (validation: Tensor, labels?: Tensor): Heuristic =>
  ({ critic, real, realLabels, fake, fakeLabels, draw }, player, averaged) => {
    const D = critic(player)
    const rows = draw('rows', (key) => randint(key, real.shape.slice(0, 1), 0, validation.shape[0] ?? 0))
    const held = D(take(validation, rows), labels === undefined ? undefined : take(labels, rows))
    return validationGap(
      averaged('real', mean(D(real, realLabels))),
      averaged('validation', mean(held)),
      averaged('fake', mean(D(fake, fakeLabels)))
    )
  }

const isData = (x: unknown): x is Tensor => isTensor(x) && x.shape.length > 0 && x.shape[0] !== 0
const validationRule: Rule = optional({
  expected: 'data [V, ...], or { real, labels }',
  accepts: (x) =>
    isTensor(x)
      ? isData(x)
      : isRecord(x) && isData(x['real']) && isData(x['labels']) && x['real'].shape[0] === x['labels'].shape[0]
})

/**
 * Lets the probability of an augmentation follow how far D overfits: after every `every` of its updates it moves
 * towards more where r > target, and towards less where r < target, by the samples seen over `images`. The
 * probability and what has been observed since are part of the state; its figure is `augmentation`.
 *
 * @formula p <- p + sign(r - target) seen / images, in [0, 1]
 * @cost nothing for r_t beside a loss that reads D(real); one more evaluation of D for r_v
 * @when one does not know how strong an augmentation has to be
 * @see Karras et al., Training generative adversarial networks with limited data (2020), section 3
 *
 * @example
 * import { Augment, Gan } from 'saddlepoint'
 * const probability = Augment.adaptive({ target: 0.6, images: 100_000 })
 * const augmented = Gan.withAugmentation('discriminator', Augment.ada(), { probability })
 * Augment.adaptive({ every: 0 }).problems[0].path // => ['every']
 */
export const adaptive = (options: AdaptiveOptions = {}, ...more: None): Adaptive => {
  const usual = { target: 0.6, every: 4, images: 500_000, initial: 0 }
  const rules = { target: finite, every: count, images: positive, initial: upToOne, validation: validationRule }
  const { all, problems } = readOptions<AdaptiveOptions>(usual, options, rules, {}, more)
  const { target, every, images, initial, validation } = all as typeof usual & AdaptiveOptions
  const overfittingOf: Heuristic =
    validation === undefined
      ? bySigns
      : isTensor(validation)
        ? byValidation(validation)
        : byValidation(validation.real, validation.labels)
  const control = (play: Play, player: string): Tensor => {
    const probability = play.recall('probability', initial)
    const minibatches = add(play.recall('minibatches', 0), 1)
    const isLast = greaterEqual(minibatches, every)
    // Sums begin anew after the last minibatch.
    const overfitting = overfittingOf(play, player, (name, x) => {
      const sum = add(play.recall(name, 0), x)
      play.remember(name, where(isLast, 0, sum))
      return div(sum, every)
    })
    const moved = every * (play.real.shape[0] ?? 0)
    play.remember('minibatches', where(isLast, 0, minibatches))
    play.remember(
      'probability',
      where(isLast, adapted(probability, overfitting, { target, moved, images }), probability)
    )
    return probability
  }
  return {
    name: 'adaptive',
    options: { ...all },
    problems,
    initial: upToOne.accepts(initial) ? initial : 0,
    control: (player) => metric('augmentation', (play) => control(play, player))
  }
}

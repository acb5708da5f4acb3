import type { Endomorphism } from '#fp-ts/Endomorphism'
import type { Rate } from '../../optim/schedule.ts'
import { isSchedule } from '../../optim/schedule.ts'
import type { None } from '../../tensor/arguments.ts'
import type { Rule } from '../../tensor/options.ts'
import { readOptions, upToOne } from '../../tensor/options.ts'
import type { Problem } from '../../tensor/problem.ts'
import { under } from '../../tensor/problem.ts'
import type { Adaptive } from './augmentations/adaptive.ts'
import type { Augmentation } from './augmentations/augmentation.ts'
import { isAdaptive } from './augmented.ts'
import { editPlayer, flawed } from './edit.ts'
import { does } from './form.ts'
import type { Spec } from './spec.ts'

export interface AugmentOptions {
  /**
   * Probability with which each part of the augmentation acts on a sample: a number in [0, 1] (1 by default), a schedule of
   * the step, `Opt.cosine(0, 0.55, 20000)` say, or `Augment.adaptive({ ... })`.
   */
  readonly probability?: Rate | Adaptive
}

const probabilityRule: Rule = {
  expected: 'a number in [0, 1], a schedule, or Augment.adaptive(...)',
  accepts: (x) => upToOne.accepts(x) || typeof x === 'function' || isAdaptive(x)
}

const problemsOf = (probability: unknown): readonly Problem[] =>
  isAdaptive(probability) || isSchedule(probability) ? under(['probability'], probability.problems) : []

/**
 * Augments what a player's network sees, data and fakes alike, in the updates of all players: the network of a play is the
 * composed one, so losses and penalties see it whole, and gradients reach the generator through it. What is drawn is one
 * function during an update. Networks see samples as they are everywhere else. A second one takes the place of the first;
 * `Augment.serial` chains them.
 *
 * @see Karras et al., Training generative adversarial networks with limited data (2020), and Zhao et al., Differentiable
 * augmentation for data-efficient GAN training (2020), figure 4
 *
 * @example
 * import { Augment, Gan, Net, Prior, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({
 *     generator: Net.serial(Net.dense(8, 64), Net.reshape([1, 8, 8])),
 *     discriminator: Net.serial(Net.flatten, Net.dense(64, 1)),
 *     prior: Prior.normal([8])
 *   }),
 *   Gan.withAugmentation('discriminator', Augment.ada(), { probability: Augment.adaptive({ target: 0.6 }) })
 * )
 * Gan.objectiveOf(spec, 'discriminator').map(({ name }) => name) // => ['augmentation']
 */
export const withAugmentation = (
  player: string,
  augmentation: Augmentation,
  options: AugmentOptions = {},
  ...more: None
): Endomorphism<Spec> =>
  editPlayer('withAugmentation', player, more, (spec) => {
    if (!does(augmentation, 'apply') || !Array.isArray(augmentation.problems))
      return flawed(spec, ['augmentations', player], 'an augmentation', augmentation, 'Augment.ada(), say')
    const { all, problems } = readOptions<AugmentOptions>({ probability: 1 }, options, { probability: probabilityRule })
    const { probability } = all
    const own: readonly Problem[] = augmentation.problems
    const augmented = {
      augmentation,
      probability: probabilityRule.accepts(probability) ? probability : 1,
      problems: [...own, ...problems, ...problemsOf(probability)]
    }
    return { ...spec, augmentations: { ...spec.augmentations, [player]: augmented } }
  })

import { add, mul, square, sub } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireFunction, requireTensor } from '../../../tensor/arguments.ts'
import type { Rule } from '../../../tensor/options.ts'
import { notNegative, readOptions } from '../../../tensor/options.ts'
import type { Problem } from '../../../tensor/problem.ts'
import { under } from '../../../tensor/problem.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Augmentation } from '../augmentations/augmentation.ts'
import { isAugmentation } from '../augmentations/augmentation.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import type { Play } from '../play.ts'
import { playerOf, playerRule } from '../players.ts'
import type { Critic } from './inputGradient.ts'
import { requireSamples } from './pairs.ts'
import { requireAlike } from './perSample.ts'

/** Computes E (D(x) - D(y))² over samples x and what they were turned into, y. Both scores are differentiated. */
export const consistencyAt = (D: Critic, x: Tensor, y: Tensor, ...more: None): Tensor => {
  refuseMore('Reg.consistencyAt', more)
  requireFunction('Reg.consistencyAt', D, 'a critic, which is a function of samples')
  for (const samples of [x, y]) requireTensor('Reg.consistencyAt', samples)
  requireAlike('Reg.consistencyAt', 'samples y', y, x)
  return mean(square(sub(D(x), D(y))))
}

const augmentationRule: Rule = { expected: 'an augmentation, one of Augment', accepts: isAugmentation }

/** Collects what is wrong with the options, and with the augmentation among them. */
const problemsOf = (problems: readonly Problem[], { augment }: { readonly augment: unknown }): readonly Problem[] => [
  ...problems,
  ...(isAugmentation(augment) ? under(['augment'], augment.problems) : [])
]

export interface ConsistencyOptions {
  /** What is not to change the scores of data. */
  readonly augment: Augmentation
  /** Weight of the penalty, at least 0; 10 by default. */
  readonly lambda?: number
  /** Whose scores are penalized; the discriminator's by default. */
  readonly player?: string
}

const unpaired = 'an augmented sample has no code of its own to be paired with'

const onReal = (op: string, D: Play['D'], { shown, realLabels, draw, step }: Play, augment: Augmentation): Tensor => {
  const real = requireSamples(op, shown.real, unpaired)
  return consistencyAt(
    (x) => D(x, realLabels),
    real,
    draw('augmentedReal', (key) => augment.apply({ key, step }, real))
  )
}

/**
 * Keeps the scores of data the same under augmentation, CR-GAN, with augment(x) the draw `augmentedReal`, shaped like
 * real. Other than `Gan.withAugmentation` it shows D the data as they are, too, and what it learns of the augmented
 * is only to score them alike.
 *
 * @formula lambda E (D(x) - D(augment(x)))²
 * @cost one more pass of the critic, differentiated
 * @when one knows what changes of a sample should not matter
 * @see Zhang et al., Consistency regularization for generative adversarial networks (2020), equation 3
 *
 * @example
 * import { Augment, Reg } from 'saddlepoint'
 * const shifts = Augment.ada({ groups: ['blit'] })
 * Reg.consistency({ augment: shifts })[0].problems // => []
 * Reg.consistency({ augment: shifts, lambda: -1 })[0].problems?.[0].path // => ['lambda']
 */
export const consistency = (options: ConsistencyOptions, ...more: None): Objective => {
  const rules = { augment: augmentationRule, lambda: notNegative, player: playerRule }
  const { all, problems } = readOptions<ConsistencyOptions>({ lambda: 10 }, options, rules, {}, more)
  const term = (play: Play): Tensor =>
    mul(all.lambda, onReal('Reg.consistency', play.critic(playerOf(all, 'discriminator')), play, all.augment))
  return of('consistency', term, { options: { ...all }, problems: problemsOf(problems, all) })
}

export interface BalancedConsistencyOptions {
  /** What is not to change the scores of data, nor those of fakes. */
  readonly augment: Augmentation
  /** Weight for data, at least 0; 10 by default. */
  readonly lambdaReal?: number
  /** Weight for fakes, at least 0; 10 by default. */
  readonly lambdaFake?: number
  /** Whose scores are penalized; the discriminator's by default. */
  readonly player?: string
}

/**
 * Keeps the scores of data and of fakes the same under augmentation, bCR. Without its second part the generator may
 * learn to make what the augmentation makes. Draws `augmentedReal` and `augmentedFake`.
 *
 * @formula lambdaReal E (D(x) - D(augment(x)))² + lambdaFake E (D(G(z)) - D(augment(G(z))))²
 * @cost two more passes of the critic, differentiated
 * @when `consistency` lets what the augmentation does leak into fakes
 * @see Zhao et al., Improved consistency regularization for GANs (2021), section 3.1
 *
 * @example
 * import { Augment, Reg } from 'saddlepoint'
 * const jitter = Augment.instanceNoise({ deviation: 0.1 })
 * Reg.balancedConsistency({ augment: jitter, lambdaFake: -1 })[0].problems?.[0].path // => ['lambdaFake']
 */
export const balancedConsistency = (options: BalancedConsistencyOptions, ...more: None): Objective => {
  const rules = { augment: augmentationRule, lambdaReal: notNegative, lambdaFake: notNegative, player: playerRule }
  const usual = { lambdaReal: 10, lambdaFake: 10 }
  const { all, problems } = readOptions<BalancedConsistencyOptions>(usual, options, rules, {}, more)
  const term = (play: Play): Tensor => {
    const D = play.critic(playerOf(all, 'discriminator'))
    const { shown, fakeLabels, draw, step } = play
    const ofReal = onReal('Reg.balancedConsistency', D, play, all.augment)
    const fake = requireSamples('Reg.balancedConsistency', shown.fake, unpaired)
    const augmentedFake = draw('augmentedFake', (key) => all.augment.apply({ key, step }, fake))
    const ofFake = consistencyAt((x) => D(x, fakeLabels), fake, augmentedFake)
    return add(mul(all.lambdaReal, ofReal), mul(all.lambdaFake, ofFake))
  }
  return of('balancedConsistency', term, { options: { ...all }, problems: problemsOf(problems, all) })
}

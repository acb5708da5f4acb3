import { square, sub } from '../../../ops/arithmetic.ts'
import { mean, sum } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import { fail } from '../../../tensor/error.ts'
import { countOrZero, optional, readOptions } from '../../../tensor/options.ts'
import type { Term } from '../objective.ts'
import { of } from '../objective.ts'
import type { Discriminator, Network } from '../players.ts'
import { nonSaturating } from './logistic.ts'
import type { Loss } from './loss.ts'
import { aLoss, isLoss } from './loss.ts'

/** Returns what D's layer of that number makes of samples. */
const featuresOf = (D: Discriminator, layer: number | undefined): Network => {
  const stages = D.stages()
  const last = stages.length - 1
  return (
    (last < 1 ? undefined : stages[layer ?? last - 1]) ??
    fail('InvalidArgument', {
      op: 'featureMatching',
      expected: last < 1 ? 'a discriminator of several layers' : `a layer of the discriminator, 0 to ${String(last)}`,
      actual: last < 1 ? 'one that is no chain of layers' : String(layer),
      hint: 'Net.serial(...) chains layers, of which the first is number 0'
    })
  )
}

export interface FeatureMatchingOptions {
  /** Which of D's layers gives the features, from 0 as in `Net.serial`; the last but one by default. */
  readonly layer?: number
  /** What D minimizes: its part of this loss; of `nonSaturating` by default. */
  readonly loss?: Loss
}

/**
 * Lets the generator match features instead of scores, h being what a layer of D makes of samples; D plays another
 * loss, the non-saturating one by default. The generator's update takes a minibatch of data.
 *
 * @formula L_G = |E h(x) - E h(G(z))|², summed over features; L_D as in the other loss
 * @cost D up to that layer twice
 * @when training is to be stable more than samples are to look their best, as in semi-supervised learning
 * @see Salimans et al., Improved techniques for training GANs (2016), section 3.1
 *
 * @example
 * import { Loss } from 'saddlepoint'
 * const { objectives } = Loss.featureMatching({ layer: 1, loss: Loss.hinge })
 * objectives.discriminator[0].name // => 'hinge'
 * objectives.generator[0].name // => 'featureMatching'
 */
export const featureMatching = (options: FeatureMatchingOptions = {}, ...more: None): Loss => {
  const rules = { layer: optional(countOrZero), loss: aLoss }
  const { all, problems } = readOptions<FeatureMatchingOptions>({ loss: nonSaturating }, options, rules, {}, more)
  const base = isLoss(all.loss) ? all.loss : nonSaturating
  const generator: Term = ({ D, real, fake, realLabels, fakeLabels }) => {
    const h = featuresOf(D, all.layer)
    return sum(square(sub(mean(h(real, realLabels), { axes: [0] }), mean(h(fake, fakeLabels), { axes: [0] }))))
  }
  return {
    ...base,
    name: 'featureMatching',
    options: { ...all },
    problems: [...base.problems, ...problems],
    objectives: { ...base.objectives, generator: of('featureMatching', generator) }
  }
}

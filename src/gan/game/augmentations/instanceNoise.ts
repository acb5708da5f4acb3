import { add, mul } from '../../../ops/arithmetic.ts'
import { less, where } from '../../../ops/comparison.ts'
import { reshape } from '../../../ops/shaping.ts'
import type { Rate } from '../../../optim/schedule.ts'
import { rateAt, rateProblems, rateRule } from '../../../optim/schedule.ts'
import { foldIn } from '../../../random/key.ts'
import { normal } from '../../../random/normal.ts'
import { uniform } from '../../../random/uniform.ts'
import type { None } from '../../../tensor/arguments.ts'
import { notNegative, readOptions } from '../../../tensor/options.ts'
import type { Augmentation } from './augmentation.ts'
import { of } from './augmentation.ts'

export interface InstanceNoiseOptions {
  /** Standard deviation of the noise, at least 0: a number, or a schedule of the step that brings it down to 0. */
  readonly deviation: Rate
}

/**
 * Makes instance noise: adds normal noise of a standard deviation that falls with the step to all that a critic sees,
 * data and fakes, of any shape. The densities of both then overlap, and the critic's gradient tells a generator
 * something however far they are apart. The critic with its noise is one function during an update: row i of data and
 * of fakes has one noise, and penalties of gradients are those at the noisy points. A penalty R1 of weight gamma is
 * what noise of deviation sqrt(gamma / 2) comes to in the mean.
 *
 * @formula D(x) becomes D(x + sigma(t) n), n normal
 * @cost the noise alone
 * @when data lie on something thin, and a critic tells fakes from them at once
 * @see Sønderby et al., Amortised MAP inference for image super-resolution (2017), section 3
 * @see Arjovsky and Bottou, Towards principled methods for training generative adversarial networks (2017), section 3
 *
 * @example
 * import { Augment, Gan, Net, Opt, Prior, Random, pipe, zeros } from 'saddlepoint'
 * const noise = Augment.instanceNoise({ deviation: Opt.linear(0.1, 0, 10000) })
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }),
 *   Gan.withAugmentation('discriminator', noise)
 * )
 * Augment.instanceNoise({ deviation: 0 }).apply({ key: Random.key(0) }, zeros([1, 2])).data // => [0, 0]
 */
export const instanceNoise = (options: InstanceNoiseOptions, ...more: None): Augmentation => {
  const { all, problems } = readOptions<InstanceNoiseOptions>(
    {},
    options,
    { deviation: rateRule(notNegative) },
    {},
    more
  )
  return of(
    'instanceNoise',
    (x, { key, probability, step }) => {
      const noise = mul(rateAt(all.deviation, step), normal(foldIn(key, 0), x.shape))
      if (probability === 1) return add(x, noise)
      const [n = 0, ...rest] = x.shape
      const acts = less(uniform(foldIn(key, 1), [n]), probability)
      return add(x, where(reshape(acts, [n, ...rest.map(() => 1)]), noise, 0))
    },
    { options: { ...all }, problems: [...problems, ...rateProblems(all)] }
  )
}

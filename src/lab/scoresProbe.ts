import type { State } from '../gan/step/state.ts'
import type { Spec } from '../gan/game/spec.ts'
import type { Key } from '../random/key.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireNumbers } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { anything, count, optional, requireOptions } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isRecord } from '../tensor/tree.ts'
import { classHistogram } from './classHistogram.ts'
import type { Classifier } from './classifier.ts'
import { classifierScore } from './classifierScore.ts'
import { frechetDistance } from './frechetDistance.ts'
import type { LabProbe } from './labProbe.ts'
import type { GeneratorOptions } from './onGenerator.ts'
import { drawnFor, generatorRules, onGenerator } from './onGenerator.ts'

export interface ScoresOptions extends GeneratorOptions {
  /** Any two functions of samples, those of `Lab.trainClassifier` or of a network of another's. */
  readonly classifier: Pick<Classifier, 'probabilities' | 'features'>
  /** Data that samples are compared with, [m, ...]. */
  readonly real: Tensor
  /** How many samples are drawn, 1000 by default. */
  readonly samples?: number
}

/** Holds what samples of a generator were worth at a step. */
export type ScoreFigures = {
  /** Of all samples, from 1 to the number of classes. */
  readonly classifierScore: number
  readonly frechetDistance: number
  /** How often each class was sampled, [classes]. */
  readonly counts: Tensor
  /** How often the class that came least did, and how many never came. */
  readonly leastCount: number
  readonly missing: number
}

const op = 'Lab.scores'

/**
 * Makes the probe of what samples are worth to a classifier: classifier score, Fréchet distance from data and the classes
 * that were sampled. Both scores depend on how many samples are taken: compare figures of one number. Of 1,000 samples a
 * Fréchet distance of 128 features is some 10 % too large, but runs are told apart by it.
 *
 * @see Odena et al., Is generator conditioning causally related to GAN performance? (2018), figure 1
 *
 * @example
 * import { Lab, Net, Random } from 'saddlepoint'
 * const net = Net.serial(Net.dense(2, 4), Net.relu, Net.dense(4, 2))
 * const { params, state } = net.init(Random.key(0))
 * const classifier = Lab.classifier(net, { params, layers: state })
 * Lab.scores({ classifier, real: Random.normal(Random.key(1), [100, 2]), samples: 100 }).name // => 'scores'
 */
export const scores = (options: ScoresOptions, ...more: None): LabProbe<ScoreFigures> => {
  refuseMore(op, more)
  const {
    classifier,
    real,
    samples = 1000,
    ...others
  } = requireOptions(op, options, { ...generatorRules, classifier: anything, real: anything, samples: optional(count) })
  if (
    !isRecord(classifier) ||
    [classifier['probabilities'], classifier['features']].some((f) => typeof f !== 'function')
  )
    fail('InvalidArgument', {
      op,
      expected: 'a classifier { probabilities, features }',
      actual: showValue(classifier),
      hint: 'await Lab.trainClassifier({ data, net })'
    })
  requireNumbers(op, real, 'real samples [m, ...]')
  const draw = onGenerator(op, others, (G, z: Tensor) => G(z))
  let known: Promise<Tensor> | undefined
  return {
    name: 'scores',
    run: async (spec: Spec, state: State, key: Key) => {
      const [z, labels] = drawnFor(op, spec, key, samples)
      const x = await draw.at(spec, state, labels, z)
      // Features of data are the same at each step.
      known ??= classifier.features(real)
      const [probabilities, features] = [await classifier.probabilities(x), await classifier.features(x)]
      const { counts, leastCount, missing } = classHistogram(probabilities)
      return {
        classifierScore: classifierScore(probabilities).mean,
        frechetDistance: frechetDistance(await known, features),
        counts: { shape: [counts.length], dtype: 'int32', data: Int32Array.from(counts) },
        leastCount,
        missing
      }
    },
    dispose: draw.dispose
  }
}

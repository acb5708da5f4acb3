import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireArgument, requireNumbers } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import { count } from '../tensor/options.ts'
import { showShape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { probabilitiesOf } from './classifierScore.ts'

/** Says how often a classifier saw each class among samples. */
export interface ClassHistogram {
  readonly counts: readonly number[]
  /** How often the rarest class came, and which it is: the first of them. */
  readonly leastCount: number
  readonly leastClass: number
  /** Classes that never came. */
  readonly missing: number
  /** Of the counts, in nats: log(classes) where all came equally often. */
  readonly entropy: number
}

/** Sums up counts of classes. */
const summarize = (counts: readonly number[]): ClassHistogram => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const leastCount = Math.min(...counts)
  return {
    counts,
    leastCount,
    leastClass: counts.indexOf(leastCount),
    missing: counts.filter((count) => count === 0).length,
    entropy: counts.reduce((sum, n) => (n === 0 ? sum : sum - (n / total) * Math.log(n / total)), 0)
  }
}

/**
 * Counts classes of samples: of class probabilities [n, classes], each row counted for its largest (the first of equal
 * ones). The literature's sign of missing modes is the class that is sampled least.
 *
 * @see Odena et al., Is generator conditioning causally related to GAN performance? (2018), figure 4
 *
 * @example
 * import { Lab, tensor } from 'saddlepoint'
 * Lab.classHistogram(tensor([[0.9, 0.1, 0], [0.2, 0.8, 0], [0.6, 0.2, 0.2]])).counts // => [2, 1, 0]
 */
export const classHistogram = (probabilities: Tensor, ...more: None): ClassHistogram => {
  refuseMore('classHistogram', more)
  const { count, width, data } = probabilitiesOf('classHistogram', probabilities, 1)
  const counts = new Array<number>(width).fill(0)
  for (let row = 0; row < count; row++) {
    let best = 0
    for (let c = 1; c < width; c++) if (data[row * width + c]! > data[row * width + best]!) best = c
    counts[best]! += 1
  }
  return summarize(counts)
}

const classesRule: Rule = {
  expected: 'a whole number from 1 to a million',
  accepts: (x) => count.accepts(x) && (x as number) <= 1e6
}

/**
 * Counts classes of labels [n], whole numbers from 0 to below `classes`. Throws InvalidArgument for others.
 *
 * @example
 * import { Lab, tensor } from 'saddlepoint'
 * Lab.labelHistogram(tensor([2, 0, 2, 0, 2], [5], 'int32'), 3).missing // => 1
 */
export const labelHistogram = (labels: Tensor, classes: number, ...more: None): ClassHistogram => {
  const op = 'labelHistogram'
  refuseMore(op, more)
  const { shape, data } = requireNumbers(op, labels, 'labels [n]')
  if (shape.length !== 1 || shape[0] === 0)
    fail('ShapeMisfit', { op, expected: 'labels [n] of at least one sample', actual: showShape(shape) })
  requireArgument(op, 'classes', classes, classesRule)
  const counts = new Array<number>(classes).fill(0)
  for (const label of data) {
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      fail('InvalidArgument', {
        op,
        expected: `labels from 0 to ${String(classes - 1)}`,
        actual: String(label)
      })
    counts[label]! += 1
  }
  return summarize(counts)
}

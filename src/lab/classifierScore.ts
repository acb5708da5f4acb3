import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { count, optional, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Rows } from './rows.ts'
import { rowsOf } from './rows.ts'

export interface ClassifierScoreOptions {
  /** Parts of which each gives a score, so that their spread is known; a divisor of the rows, 1 by default. */
  readonly splits?: number
}

/** Says how well samples are told apart by a classifier, and how evenly they fall on its classes. */
export interface ClassifierScore {
  /** The score of each split, in [1, classes]. */
  readonly scores: readonly number[]
  readonly mean: number
  /** Over the splits, divided by their number. */
  readonly deviation: number
}

/** Bounds how far off 1 the probabilities of a sample may add up to: the rounding of a softmax in single precision. */
const slack = 1e-3

/** Reads class probabilities [n, classes]. Throws InvalidArgument where a row is no distribution. */
export const probabilitiesOf = (op: string, x: Tensor, least = 2): Rows => {
  const rows = rowsOf(op, 'class probabilities', x, least)
  for (let row = 0; row < rows.count; row++) {
    const own = rows.data.subarray(row * rows.width, (row + 1) * rows.width)
    const total = own.reduce((sum, p) => sum + p, 0)
    if (Math.abs(total - 1) > slack || own.some((p) => p < 0))
      fail('InvalidArgument', {
        op,
        expected: 'probabilities of at least 0 that sum to 1 in each row',
        actual: `row ${String(row)} with sum ${String(total)}`,
        hint: 'Apply softmax to logits first'
      })
  }
  return rows
}

/** exp(E KL(p || q)), q the mean of the rows from `first` to before `last`. */
const scoreOf = ({ width, data }: Rows, first: number, last: number): number => {
  const marginal = new Float64Array(width)
  for (let i = first * width; i < last * width; i++) marginal[i % width]! += data[i]! / (last - first)
  let divergence = 0
  for (let i = first * width; i < last * width; i++)
    if (data[i]! > 0) divergence += data[i]! * Math.log(data[i]! / marginal[i % width]!)
  return Math.exp(divergence / (last - first))
}

/**
 * Computes the classifier score ('Inception score' where the classifier is Inception): exp(E_x KL(p(y|x) || p(y))) of class
 * probabilities [n, classes], p(y) their mean. From 1, where all samples look alike to the classifier, to the number of
 * classes, where each is told for certain and all come equally often; it sees neither missing variety within a class nor
 * whether samples look like data. It rises with n below some thousands of samples. Throws InvalidArgument for rows that
 * are no distributions, fewer than 2 of them, or splits that do not divide them.
 *
 * @see Salimans et al., Improved techniques for training GANs (2016), section 4
 *
 * @example
 * import { Lab, tensor } from 'saddlepoint'
 * Lab.classifierScore(tensor([[1, 0], [0, 1], [1, 0], [0, 1]])).mean // => 2
 * Lab.classifierScore(tensor([[0.5, 0.5], [0.5, 0.5]])).mean // => 1
 */
export const classifierScore = (
  probabilities: Tensor,
  options: ClassifierScoreOptions = {},
  ...more: None
): ClassifierScore => {
  const op = 'classifierScore'
  refuseMore(op, more)
  const { splits = 1 } = requireOptions(op, options, { splits: optional(count) })
  const rows = probabilitiesOf(op, probabilities)
  if (rows.count % splits !== 0)
    fail('InvalidArgument', {
      op,
      expected: `splits that divide ${String(rows.count)} rows`,
      actual: String(splits)
    })
  const size = rows.count / splits
  const scores = Array.from({ length: splits }, (_, split) => scoreOf(rows, split * size, (split + 1) * size))
  const mean = scores.reduce((sum, score) => sum + score, 0) / splits
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / splits
  return { scores, mean, deviation: Math.sqrt(variance) }
}

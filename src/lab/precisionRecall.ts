import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { count, optional, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { distanceOf, radiiOf } from './neighbours.ts'
import type { Rows } from './rows.ts'
import { pairOfRows } from './rows.ts'

export interface NeighbourOptions {
  /** Which nearest neighbour bounds the surroundings of a point, a whole number >= 1. */
  readonly k?: number
}

/** The part of the rows of x that lie in the surroundings of a row of y: no further from it than its radius. */
const covered = (x: Rows, y: Rows, radii: Float64Array): number => {
  let inside = 0
  for (let i = 0; i < x.count; i++)
    for (let j = 0; j < y.count; j++)
      if (distanceOf(x, i, y, j) <= radii[j]!) {
        inside += 1
        break
      }
  return inside / x.count
}

/** Says in two parts what a single distance mixes up, each in [0, 1]. */
export interface PrecisionRecall {
  /** The part of the fakes that look like data. */
  readonly precision: number
  /** The part of the data that fakes look like: low where modes are missing. */
  readonly recall: number
}

/**
 * Computes improved precision and recall of features real [n, d] and fake [m, d]: a point lies in a set where it is no
 * further from one of the set's points than that point's k-th nearest neighbour in the set (k = 3 by default). One outlier
 * with wide surroundings can raise both; `densityCoverage` does not mind it. Published figures take 10,000 rows or more of
 * each. Takes (n + m)² distances.
 *
 * @see Kynkaanniemi et al., Improved precision and recall metric for assessing generative models (2019), equations 1 and 2
 *
 * @example
 * import { Lab, tensor } from 'saddlepoint'
 * const [real, fake] = [tensor([[0], [1], [10], [11]]), tensor([[0.5], [1.5]])]
 * Lab.precisionRecall(real, fake, { k: 1 }) // => { precision: 1, recall: 0.5 }
 */
export const precisionRecall = (
  real: Tensor,
  fake: Tensor,
  options: NeighbourOptions = {},
  ...more: None
): PrecisionRecall => {
  const op = 'precisionRecall'
  refuseMore(op, more)
  const { k = 3 } = requireOptions(op, options, { k: optional(count) })
  const [x, y] = pairOfRows(op, real, fake)
  return { precision: covered(y, x, radiiOf(op, x, k)), recall: covered(x, y, radiiOf(op, y, k)) }
}

import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { count, optional, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { distanceOf, radiiOf } from './neighbours.ts'
import type { NeighbourOptions } from './precisionRecall.ts'
import { pairOfRows } from './rows.ts'

/** Says how many fakes lie where data is dense, and how much of the data they reach. */
export interface DensityCoverage {
  /** How often a fake lies in the surroundings of a real point, over k: 1 in the mean where fakes are as the data, unbounded. */
  readonly density: number
  /** The part of the data in whose surroundings a fake lies, in [0, 1]: low where modes are missing. */
  readonly coverage: number
}

/**
 * Computes density and coverage of features real [n, d] and fake [m, d]: the surroundings of a real point reach to its k-th
 * nearest real neighbour (k = 5 by default). No outlier among the fakes can raise them. Published figures take 10,000 rows
 * of each. Takes n (n + m) distances.
 *
 * @see Naeem et al., Reliable fidelity and diversity metrics for generative models (2020), equations 3 and 4
 *
 * @example
 * import { Lab, tensor } from 'saddlepoint'
 * const [real, fake] = [tensor([[0], [1], [10], [11]]), tensor([[0.5], [0.75]])]
 * Lab.densityCoverage(real, fake, { k: 1 }) // => { density: 2, coverage: 0.5 }
 */
export const densityCoverage = (
  real: Tensor,
  fake: Tensor,
  options: NeighbourOptions = {},
  ...more: None
): DensityCoverage => {
  const op = 'densityCoverage'
  refuseMore(op, more)
  const { k = 5 } = requireOptions(op, options, { k: optional(count) })
  const [x, y] = pairOfRows(op, real, fake)
  const radii = radiiOf(op, x, k)
  let [inside, reached] = [0, 0]
  for (let i = 0; i < x.count; i++) {
    let own = 0
    for (let j = 0; j < y.count; j++) if (distanceOf(x, i, y, j) < radii[i]!) own += 1
    inside += own
    if (own > 0) reached += 1
  }
  return { density: inside / (k * y.count), coverage: reached / x.count }
}

import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireArgument } from '../tensor/arguments.ts'
import type { Rule } from '../tensor/options.ts'
import { count as wholeNumber } from '../tensor/options.ts'
import { fail } from '../tensor/error.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Rows } from './rows.ts'
import { pairOfRows, rowsOf } from './rows.ts'

/** Computes the Euclidean distance of row i of x from row j of y. */
export const distanceOf = (x: Rows, i: number, y: Rows, j: number): number => {
  let square = 0
  for (let k = 0; k < x.width; k++) square += (x.data[i * x.width + k]! - y.data[j * y.width + k]!) ** 2
  return Math.sqrt(square)
}

/** Computes the distance of each row from its k-th nearest other row. */
export const radiiOf = (op: string, x: Rows, k: number): Float64Array => {
  if (k >= x.count)
    fail('InvalidArgument', {
      op,
      expected: `more than k = ${String(k)} rows in each set`,
      actual: `${String(x.count)} rows`,
      hint: 'Take more samples or a smaller k'
    })
  const radii = new Float64Array(x.count)
  const distances = new Float64Array(x.count)
  for (let i = 0; i < x.count; i++) {
    for (let j = 0; j < x.count; j++) distances[j] = i === j ? Infinity : distanceOf(x, i, x, j)
    radii[i] = distances.toSorted()[k - 1]!
  }
  return radii
}

/** Names a row and how far it is. */
export interface Neighbour {
  readonly row: number
  readonly distance: number
}

/**
 * Finds for each sample [n, ...] the nearest row of the training data [m, ...], by Euclidean distance of the flattened
 * rows: a generator that has learnt data by heart has distances near 0. Takes n m d operations. Throws ShapeMisfit or
 * InvalidArgument where rows differ in size or hold a NaN.
 *
 * @example
 * import { Lab, tensor } from 'saddlepoint'
 * Lab.nearestNeighbours(tensor([[0.5, 0], [9, 9]]), tensor([[0, 0], [8, 9], [5, 5]]))
 * // => [{ row: 0, distance: 0.5 }, { row: 1, distance: 1 }]
 */
export const nearestNeighbours = (samples: Tensor, training: Tensor, ...more: None): readonly Neighbour[] => {
  refuseMore('nearestNeighbours', more)
  const [y, x] = pairOfRows('nearestNeighbours', training, samples, 1)
  return Array.from({ length: x.count }, (_, i) => {
    let best: Neighbour = { row: -1, distance: Infinity }
    for (let row = 0; row < y.count; row++) {
      const distance = distanceOf(x, i, y, row)
      if (distance < best.distance) best = { row, distance }
    }
    return best
  })
}

const pairsRule: Rule = { ...wholeNumber, expected: 'a whole number of pairs of at least 1' }

/** Names two rows and how far they lie from each other. */
export interface Pair {
  readonly rows: readonly [number, number]
  readonly distance: number
}

/**
 * Finds the `count` nearest pairs among samples [n, ...], the nearest first: what the birthday paradox asks one to look at.
 * Where n samples hold duplicates, the support of their distribution is not much more than n². Takes n²/2 distances.
 *
 * @see Arora and Zhang, Do GANs actually learn the distribution? (2017)
 *
 * @example
 * import { Lab, tensor } from 'saddlepoint'
 * Lab.nearestPairs(tensor([[0], [5], [5.25], [2]]), 2)
 * // => [{ rows: [1, 2], distance: 0.25 }, { rows: [0, 3], distance: 2 }]
 */
export const nearestPairs = (samples: Tensor, count = 20, ...more: None): readonly Pair[] => {
  const op = 'nearestPairs'
  refuseMore(op, more)
  const x = rowsOf(op, 'samples', samples)
  requireArgument(op, 'count', count, pairsRule)
  let nearest: Pair[] = []
  let bound = Infinity
  for (let i = 0; i < x.count; i++)
    for (let j = i + 1; j < x.count; j++) {
      const distance = distanceOf(x, i, x, j)
      if (distance >= bound) continue
      nearest.push({ rows: [i, j], distance })
      // Sorted in blocks, so that n²/2 pairs take no memory.
      if (nearest.length < 2 * count) continue
      nearest = nearest.toSorted((a, b) => a.distance - b.distance).slice(0, count)
      bound = nearest[count - 1]!.distance
    }
  return nearest.toSorted((a, b) => a.distance - b.distance).slice(0, count)
}

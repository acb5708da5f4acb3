import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import type { Shape } from '../tensor/shape.ts'
import { showShape, sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireTensor } from '../tensor/arguments.ts'
import { showValue } from '../tensor/problem.ts'
import { unit } from './bits.ts'
import type { Key } from './key.ts'
import { blocks } from './key.ts'

const steps = 2 ** 24

/**
 * Computes ⌊u n⌋ for u = k 2^-24, exactly. A rounded product may have reached the next whole number; then k n - q 2^24,
 * which int32 arithmetic gives exactly although its terms wrap around, is negative.
 */
const floorOfProduct = (u: Tensor, n: number): Tensor => {
  const k = o.convert(o.mul(u, steps), 'int32')
  const q = o.convert(o.floor(o.mul(u, n)), 'int32')
  const rest = o.sub(o.mul(k, n), o.mul(q, steps))
  return o.sub(q, o.convert(o.compare(rest, 0, 'lt'), 'int32'))
}

/**
 * Samples int32 of `shape`, uniform on low, low + 1 .. high - 1. Each value has a probability within 2^-24 of 1 / (high
 * - low), so high - low is at most 2^24. The same numbers in float32 and float64.
 *
 * @throws InvalidArgument where the bounds are no whole numbers, or their distance is not in 1 .. 2^24
 *
 * @example
 * import { Random } from 'saddlepoint'
 * const rows = Random.randint(Random.key(0), [64], 0, 60000)
 * rows.data.every((i) => i >= 0 && i < 60000) // => true
 */
export const randint = (key: Key, shape: Shape, low: number, high: number, ...more: None): Tensor => {
  refuseMore('randint', more)
  const isWord = (x: number): boolean => Number.isInteger(x) && Math.abs(x) <= 2 ** 31 - 1
  if (!isWord(low) || !isWord(high) || high <= low || high - low > steps)
    fail('InvalidArgument', {
      op: 'randint',
      expected: 'whole numbers low < high, at most 2^24 apart',
      actual: `${showValue(low)} and ${showValue(high)}`
    })
  return o.add(floorOfProduct(unit('randint', key, shape, 'integer'), high - low), low)
}

/**
 * Permutes the numbers 0 .. n - 1 at random, int32 [n], by sorting them on random numbers of 24 bits a pass. As many
 * passes are made as keep the probability of a tie, the only source of bias, below 2^-24.
 *
 * @throws InvalidArgument where n is no whole number of at least 0
 *
 * @example
 * import { Random } from 'saddlepoint'
 * Random.permutation(Random.key(0), 5).data.toSorted() // => [0, 1, 2, 3, 4]
 */
export const permutation = (key: Key, n: number, ...more: None): Tensor => {
  refuseMore('permutation', more)
  if (!Number.isInteger(n) || n < 0 || n > 2 ** 31 - 1)
    fail('InvalidArgument', { op: 'permutation', expected: 'a number of elements', actual: showValue(n) })
  // Pairs n^2 / 2, each tied in all passes with probability 2^(-24 passes).
  const passes = Math.ceil((2 * Math.log2(n) + 23) / 24)
  let order = o.iota([n], 0)
  for (let pass = 0; pass < passes; pass++) {
    const counters = o.add(o.iota([n], 0), Math.imul(pass, n))
    const sorted = o.argsort(o.bitsToUnit(blocks('permutation', key, counters, 'permutation', 0)), 0)
    order = o.gather(order, sorted, 0)
  }
  return order
}

/**
 * Samples int32 of `shape`: indices of `weights` (float32 [n], at least 0, not all 0), each drawn with probability
 * proportional to its weight, rounded to 2^-24. An index of weight 0 is never drawn.
 *
 * @throws ShapeMisfit where weights is no vector of at least one number
 *
 * @example
 * import { Random, tensor } from 'saddlepoint'
 * Random.categorical(Random.key(0), tensor([0, 1, 0]), [4]).data // => [1, 1, 1, 1]
 */
export const categorical = (key: Key, weights: Tensor, shape: Shape, ...more: None): Tensor => {
  refuseMore('categorical', more)
  requireTensor('categorical', weights)
  const n = weights.shape[0] ?? 0
  if (weights.shape.length !== 1 || n === 0)
    fail('ShapeMisfit', { op: 'categorical', expected: 'weights [n]', actual: showShape(weights.shape) })
  const drawn = unit('categorical', key, shape, 'categorical')
  const size = sizeOf(shape)
  const u = o.reshape(drawn, [size])
  const below = o.cumulativeSum(weights, 0)
  const total = o.broadcastInDim(o.reshape(o.slice(below, [n - 1], [n]), []), [size, n], [])
  // Inverse distribution function: how many cumulative weights the draw has reached.
  const reached = o.compare(
    o.mul(o.broadcastInDim(u, [size, n], [0]), total),
    o.broadcastInDim(below, [size, n], [1]),
    'ge'
  )
  return o.reshape(o.convert(o.reduceSum(o.convert(reached, 'float32'), [1]), 'int32'), shape)
}

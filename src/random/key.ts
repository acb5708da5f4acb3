import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireTensor } from '../tensor/arguments.ts'
import { showValue } from '../tensor/problem.ts'
import { showShape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'

/**
 * Names a source of randomness, as a value: int32 [2]. Every draw is a pure function of a key and a shape, so a key
 * used twice draws the same numbers twice: `split` it, or `foldIn` what is different. Keys may be traced and mapped
 * over.
 */
export type Key = Tensor

/**
 * Word 1 of the counter says what a block of random bits is for; word 0 counts elements. So draws, splits and folds of
 * one key never share a block, whatever they count, and neither do draws of different distributions.
 */
export const domains = {
  split: 1,
  foldIn: 2,
  bits: 3,
  uniform: 4,
  normal: 5,
  rademacher: 6,
  integer: 7,
  categorical: 8,
  permutation: 9
} as const

export type Domain = keyof typeof domains

const word = 2 ** 32
const mostKeys = 2 ** 31 - 1

/**
 * Makes the key of a seed: its upper and lower 32 bits, so that seeds up to ±(2^53 - 1) all differ.
 *
 * @throws InvalidArgument where the seed is no safe integer
 *
 * @example
 * import { Random } from 'saddlepoint'
 * Random.key(7).data // => [0, 7]
 * Random.key(2 ** 32 + 1).data // => [1, 1]
 */
export const key = (seed: number, ...more: None): Key => {
  refuseMore('key', more)
  return Number.isSafeInteger(seed)
    ? { shape: [2], dtype: 'int32', data: Int32Array.of(Math.floor(seed / word), seed % word) }
    : fail('InvalidArgument', { op: 'key', expected: 'a whole number up to 2^53 - 1 as seed', actual: showValue(seed) })
}

/** Splits a key into its two words, each a scalar. */
const wordsOf = (op: string, of: Key): readonly [Tensor, Tensor] => {
  if (typeof of === 'number')
    fail('InvalidArgument', {
      op,
      expected: 'a key, int32 [2]',
      actual: showValue(of),
      hint: `Write Random.key(${String(of)})`
    })
  requireTensor(op, of, 'a key, int32 [2]')
  if (of.dtype !== 'int32' || of.shape.length !== 1 || of.shape[0] !== 2)
    fail('ShapeMisfit', {
      op,
      expected: 'a key, int32 [2]',
      actual: showAval(of),
      hint: 'Keys come from key(seed), foldIn, or keysOf(split(key, n))'
    })
  return [o.reshape(o.slice(of, [0], [1]), []), o.reshape(o.slice(of, [1], [2]), [])]
}

/**
 * Computes word 0 or 1 of the blocks that a key has for these counters (int32) in a domain: int32 of the counters'
 * shape.
 */
export const blocks = (op: string, of: Key, counters: Tensor, domain: Domain, which: 0 | 1): Tensor => {
  const [key0, key1] = wordsOf(op, of)
  const spread = (x: Tensor): Tensor => o.broadcastInDim(x, counters.shape, [])
  return o.threefry(spread(key0), spread(key1), counters, o.full(counters.shape, domains[domain], 'int32'), which)
}

/** Computes both words of each block, side by side: int32 [...counters, 2]. */
const keysAt = (op: string, of: Key, counters: Tensor, domain: Domain): Tensor => {
  const { shape } = counters
  const column = (which: 0 | 1): Tensor => o.reshape(blocks(op, of, counters, domain, which), [...shape, 1])
  return o.concat([column(0), column(1)], shape.length)
}

/**
 * Makes `count` new keys, int32 [count, 2], independent of each other, of every draw of `of`, and of all keys folded
 * from it. Key i does not depend on `count`. Map over them with vmap, or take them apart with `keysOf`.
 *
 * @throws InvalidArgument where count is no whole number of at least 0
 *
 * @example
 * import { Random, vmap } from 'saddlepoint'
 * const keys = Random.split(Random.key(0), 3)
 * keys.shape // => [3, 2]
 * vmap((key) => Random.normal(key, [5]))(keys).shape // => [3, 5]
 */
export const split = (of: Key, count = 2, ...more: None): Tensor => {
  refuseMore('split', more)
  return Number.isInteger(count) && count >= 0 && count <= mostKeys
    ? keysAt('split', of, o.iota([count], 0), 'split')
    : fail('InvalidArgument', { op: 'split', expected: 'a number of keys, up to 2^31 - 1', actual: showValue(count) })
}

/**
 * Returns the rows of int32 [n, 2] as keys, for destructuring.
 *
 * @example
 * import { Random } from 'saddlepoint'
 * const [forNoise, forLabels] = Random.keysOf(Random.split(Random.key(0)))
 * Random.normal(forNoise!, [4]).shape // => [4]
 */
export const keysOf = (keys: Tensor, ...more: None): readonly Key[] => {
  refuseMore('keysOf', more)
  requireTensor('keysOf', keys, 'keys, int32 [n, 2]')
  const [count, words] = keys.shape
  if (keys.shape.length !== 2 || words !== 2)
    fail('ShapeMisfit', { op: 'keysOf', expected: 'keys, int32 [n, 2]', actual: showShape(keys.shape) })
  return Array.from({ length: count ?? 0 }, (_, i) => o.reshape(o.slice(keys, [i, 0], [i + 1, 2]), [2]))
}

/**
 * Makes the key that belongs to `data` under `of`: a step, a substep, an index. Different data, independent keys. A
 * number is a whole one from -2^31 to 2^32 - 1 (taken modulo 2^32); a tensor is an int32 scalar and may be traced.
 *
 * @throws InvalidArgument or ShapeMisfit where data is neither
 *
 * @example
 * import { Random } from 'saddlepoint'
 * const key = Random.key(0)
 * const [first, second] = [0, 1].map((step) => Random.uniform(Random.foldIn(key, step), []).data[0])
 * first === second // => false
 */
export const foldIn = (of: Key, data: number | Tensor, ...more: None): Key => {
  refuseMore('foldIn', more)
  if (typeof data === 'number') {
    if (!Number.isInteger(data) || data < -(2 ** 31) || data >= word)
      fail('InvalidArgument', { op: 'foldIn', expected: 'a whole number of 32 bits', actual: String(data) })
    return keysAt('foldIn', of, o.full([], data | 0, 'int32'), 'foldIn')
  }
  requireTensor('foldIn', data, 'a whole number, or an int32 scalar')
  if (data.dtype !== 'int32' || data.shape.length !== 0)
    fail('ShapeMisfit', {
      op: 'foldIn',
      expected: 'an int32 scalar',
      actual: showAval(data),
      hint: "Convert it: convert(x, 'int32')"
    })
  return keysAt('foldIn', of, data, 'foldIn')
}

import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import type { Shape } from '../tensor/shape.ts'
import { showShape, sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireShape } from '../tensor/arguments.ts'
import type { Domain, Key } from './key.ts'
import { blocks } from './key.ts'

/**
 * Takes word 0 or 1 of one block an element, counted in row-major order: a draw of fewer elements is a prefix of a
 * longer one.
 */
export const wordsFor = (op: string, key: Key, shape: Shape, domain: Domain, which: 0 | 1 = 0): Tensor => {
  const size = sizeOf(requireShape(op, shape))
  if (size > 2 ** 32)
    fail('InvalidArgument', { op, expected: 'a shape of up to 2^32 elements', actual: showShape(shape) })
  return o.reshape(blocks(op, key, o.iota([size], 0), domain, which), shape)
}

/** Samples k 2^-24 in [0, 1) with k uniform, float32: the same number in float32 and float64. */
export const unit = (op: string, key: Key, shape: Shape, domain: Domain, which: 0 | 1 = 0): Tensor =>
  o.bitsToUnit(wordsFor(op, key, shape, domain, which))

/**
 * Samples uniform random 32-bit words, int32.
 *
 * Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011): Threefry-2x32 with 20 rounds.
 *
 * @example
 * import { Random } from 'saddlepoint'
 * Random.bits(Random.key(0), [3]).dtype // => 'int32'
 */
export const bits = (key: Key, shape: Shape, ...more: None): Tensor => {
  refuseMore('bits', more)
  return wordsFor('bits', key, shape, 'bits')
}

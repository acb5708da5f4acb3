import { add, mul, sub } from '../ops/arithmetic.ts'
import { less } from '../ops/comparison.ts'
import type { Operand } from '../ops/operands.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireTensor } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { either, finite, optional, requireOptions } from '../tensor/options.ts'
import type { Shape } from '../tensor/shape.ts'
import { showShape, equalShapes } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isTensor } from '../tensor/tensor.ts'
import { unit } from './bits.ts'
import type { Key } from './key.ts'

export interface UniformOptions {
  /** 0 by default. Bounds may be tensors that broadcast to the shape. */
  readonly min?: Operand
  /** 1 by default. */
  readonly max?: Operand
}

/** Fails where a parameter of a draw would broadcast it to a larger shape than was asked for. */
export const sameShape = (op: string, drawn: Tensor, shape: Shape): Tensor =>
  equalShapes(drawn.shape, shape)
    ? drawn
    : fail('ShapeMisfit', {
        op,
        expected: `parameters that broadcast to ${showShape(shape)}`,
        actual: `ones that need ${showShape(drawn.shape)}`
      })

const bound = optional(either(finite, { expected: 'a tensor', accepts: isTensor }))
const bounds = { min: bound, max: bound }

/**
 * Samples uniformly from [min, max), float32 of `shape`: min + (max - min) u with u = k 2^-24, k uniform in 0 .. 2^24 -
 * 1. On [0, 1) the numbers are the same in float32 and float64; elsewhere rounding to float32 may reach max itself.
 *
 * @throws ShapeMisfit where bounds do not broadcast to the shape
 *
 * @example
 * import { Random } from 'saddlepoint'
 * const u = Random.uniform(Random.key(0), [2, 3], { min: -1, max: 1 })
 * u.shape // => [2, 3]
 * u.data.every((x) => x >= -1 && x <= 1) // => true
 */
export const uniform = (key: Key, shape: Shape, options?: UniformOptions, ...more: None): Tensor => {
  refuseMore('uniform', more)
  const { min = 0, max = 1 } = requireOptions<UniformOptions>('uniform', options, bounds)
  const u = unit('uniform', key, shape, 'uniform')
  if (min === 0 && max === 1) return u
  const width = typeof min === 'number' && typeof max === 'number' ? max - min : sub(max, min)
  return sameShape('uniform', add(mul(u, width), min), shape)
}

/**
 * Samples bool of `shape`, true with probability p (a number, or a tensor that broadcasts to the shape): u < p with the
 * very u of `uniform(key, shape)`. So p is rounded up to a multiple of 2^-24, 0 is never and 1 always.
 *
 * @throws InvalidArgument where a number p is not in [0, 1]; ShapeMisfit where p does not broadcast to the shape
 *
 * @example
 * import { Random } from 'saddlepoint'
 * Random.bernoulli(Random.key(0), 1, [3]).data // => [1, 1, 1]
 * Random.bernoulli(Random.key(0), 0, [3]).data // => [0, 0, 0]
 */
export const bernoulli = (key: Key, p: Operand, shape: Shape, ...more: None): Tensor => {
  refuseMore('bernoulli', more)
  if (typeof p === 'number' && !(p >= 0 && p <= 1))
    fail('InvalidArgument', { op: 'bernoulli', expected: 'a probability in [0, 1]', actual: String(p) })
  if (typeof p !== 'number') requireTensor('bernoulli', p, 'a probability, a number or a tensor')
  return sameShape('bernoulli', less(unit('bernoulli', key, shape, 'uniform'), p), shape)
}

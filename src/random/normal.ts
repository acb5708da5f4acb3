import { o } from '../primitives/vocabulary.ts'
import type { Shape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { unit, wordsFor } from './bits.ts'
import type { Key } from './key.ts'

/**
 * Samples a standard normal, float32 of `shape`: √(-2 log(1 - u)) cos(2π v), with u and v uniform on multiples of 2^-24
 * in [0, 1). Since 1 - u is at least 2^-24 every number is finite, and none exceeds 5.77 in size; beyond lie 8 in 10^9
 * of a normal.
 *
 * Source: Box and Muller, "A note on the generation of random normal deviates" (1958).
 *
 * @example
 * import { Random } from 'saddlepoint'
 * const z = Random.normal(Random.key(0), [128, 8])
 * z.shape // => [128, 8]
 */
export const normal = (key: Key, shape: Shape, ...more: None): Tensor => {
  refuseMore('normal', more)
  const u = unit('normal', key, shape, 'normal', 0)
  const v = unit('normal', key, shape, 'normal', 1)
  const radius = o.sqrt(o.mul(o.log1p(o.neg(u)), -2))
  return o.mul(radius, o.cos(o.mul(v, 2 * Math.PI)))
}

/**
 * Samples -1 or 1, each with probability one half, float32 of `shape`. Probes for traces and Jacobian norms.
 *
 * @example
 * import { Random } from 'saddlepoint'
 * Random.rademacher(Random.key(0), [4]).data.every((x) => x === 1 || x === -1) // => true
 */
export const rademacher = (key: Key, shape: Shape, ...more: None): Tensor => {
  refuseMore('rademacher', more)
  const upper = o.compare(wordsFor('rademacher', key, shape, 'rademacher'), 0, 'ge')
  return o.select(upper, 1, o.full(shape, -1))
}

import type { Shape } from '../../tensor/shape.ts'
import { range, sizeOf } from '../../tensor/shape.ts'
import type { Problem } from '../../tensor/problem.ts'
import type { None } from '../../tensor/arguments.ts'
import type { Rule } from '../../tensor/options.ts'
import { count, readOptions } from '../../tensor/options.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { div, mul } from '../../ops/arithmetic.ts'
import { norm } from '../../ops/norm.ts'
import { normal as drawNormal } from '../../random/normal.ts'
import { uniform as drawUniform } from '../../random/uniform.ts'

/** Describes the distribution of latents: `sample(key, n)` is [n, ...shape], float32. */
export interface Prior {
  readonly name: string
  /** Shape of one latent. */
  readonly shape: Shape
  /** What is wrong with the description. */
  readonly problems?: readonly Problem[]
  readonly sample: (key: Tensor, n: number) => Tensor
}

/** Accepts the shape of one latent, or of one condition. */
export const shapeRule: Rule = {
  expected: 'an array of whole numbers of at least 1',
  accepts: (x) => Array.isArray(x) && x.every(count.accepts)
}

const prior = (
  name: string,
  given: Shape,
  more: readonly unknown[],
  sample: (key: Tensor, n: number, shape: Shape) => Tensor
): Prior => {
  const { problems } = readOptions({}, {}, { shape: shapeRule }, { shape: given }, more)
  const shape = shapeRule.accepts(given) ? given : []
  return {
    name,
    shape,
    problems: problems.map((problem) => ({ ...problem, hint: `Prior.${name}([8])` })),
    sample: (key, n) => sample(key, n, shape)
  }
}

/**
 * Samples standard normal latents N(0, I) of `shape`.
 *
 * @example
 * import { Prior, Random } from 'saddlepoint'
 * Prior.normal([8]).sample(Random.key(0), 3).shape // => [3, 8]
 */
export const normal = (shape: Shape, ...more: None): Prior =>
  prior('normal', shape, more, (key, n, features) => drawNormal(key, [n, ...features]))

/** Samples latents uniformly from [-1, 1). */
export const uniform = (shape: Shape, ...more: None): Prior =>
  prior('uniform', shape, more, (key, n, features) => drawUniform(key, [n, ...features], { min: -1, max: 1 }))

/** Samples latents uniformly from the sphere of radius sqrt(size), where a normal latent of many dimensions lies. */
export const sphere = (shape: Shape, ...more: None): Prior =>
  prior('sphere', shape, more, (key, n, features) => {
    const z = drawNormal(key, [n, ...features])
    const length = norm(z, { axes: range(features.length).map((axis) => axis + 1), keepDims: true })
    return mul(div(z, length), Math.sqrt(sizeOf(features)))
  })

import type { Shape } from '../../tensor/shape.ts'
import { range, sizeOf } from '../../tensor/shape.ts'
import type { Problem } from '../../tensor/problem.ts'
import { showValue } from '../../tensor/problem.ts'
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

const prior = (name: string, given: Shape, sample: (key: Tensor, n: number, shape: Shape) => Tensor): Prior => {
  const isShape = Array.isArray(given) && given.every((extent) => Number.isInteger(extent) && extent >= 1)
  const shape = isShape ? given : []
  const problem = {
    path: ['shape'],
    expected: 'an array of whole numbers of at least 1',
    actual: showValue(given),
    hint: `Prior.${name}([8])`
  }
  return { name, shape, problems: isShape ? [] : [problem], sample: (key, n) => sample(key, n, shape) }
}

/**
 * Samples standard normal latents N(0, I) of `shape`.
 *
 * @example
 * import { Prior, Random } from 'saddlepoint'
 * Prior.normal([8]).sample(Random.key(0), 3).shape // => [3, 8]
 */
export const normal = (shape: Shape): Prior =>
  prior('normal', shape, (key, n, features) => drawNormal(key, [n, ...features]))

/** Samples latents uniformly from [-1, 1). */
export const uniform = (shape: Shape): Prior =>
  prior('uniform', shape, (key, n, features) => drawUniform(key, [n, ...features], { min: -1, max: 1 }))

/** Samples latents uniformly from the sphere of radius sqrt(size), where a normal latent of many dimensions lies. */
export const sphere = (shape: Shape): Prior =>
  prior('sphere', shape, (key, n, features) => {
    const z = drawNormal(key, [n, ...features])
    const length = norm(z, { axes: range(features.length).map((axis) => axis + 1), keepDims: true })
    return mul(div(z, length), Math.sqrt(sizeOf(features)))
  })

import type { Shape } from '../tensor/shape.ts'
import { range, sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { div, mul } from '../ops/arithmetic.ts'
import { norm } from '../ops/norm.ts'
import { normal as drawNormal } from '../random/normal.ts'
import { uniform as drawUniform } from '../random/uniform.ts'

/** The distribution of latents: `sample(key, n)` is [n, ...shape]. */
export interface Prior {
  readonly name: string
  readonly shape: Shape
  readonly sample: (key: Tensor, n: number) => Tensor
}

/** Standard normal latents N(0, I) of `shape`. */
export const normal = (shape: Shape): Prior => ({ name: 'normal', shape, sample: (key, n) => drawNormal(key, [n, ...shape]) })

/** Latents uniform on [-1, 1). */
export const uniform = (shape: Shape): Prior => ({
  name: 'uniform',
  shape,
  sample: (key, n) => drawUniform(key, [n, ...shape], { min: -1, max: 1 })
})

/** Latents uniform on the sphere of radius sqrt(size), where a normal latent of many dimensions lies. */
export const sphere = (shape: Shape): Prior => ({
  name: 'sphere',
  shape,
  sample: (key, n) => {
    const z = drawNormal(key, [n, ...shape])
    const length = norm(z, { axes: range(shape.length).map((axis) => axis + 1), keepDims: true })
    return mul(div(z, length), Math.sqrt(sizeOf(shape)))
  }
})

import type { Shape } from '../../tensor/shape.ts'
import { range, sizeOf } from '../../tensor/shape.ts'
import type { Problem } from '../../tensor/problem.ts'
import type { None } from '../../tensor/arguments.ts'
import type { Rule } from '../../tensor/options.ts'
import { count, countOrZero, readOptions } from '../../tensor/options.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { div, mul } from '../../ops/arithmetic.ts'
import { concat } from '../../ops/assembly.ts'
import { oneHot } from '../../ops/indexing.ts'
import { norm } from '../../ops/norm.ts'
import { randint } from '../../random/integers.ts'
import { foldIn } from '../../random/key.ts'
import { normal as drawNormal } from '../../random/normal.ts'
import { uniform as drawUniform } from '../../random/uniform.ts'
import type { Codes } from './codes.ts'
import { categoriesOf, categoriesRule, sizeOfCodes } from './codes.ts'

/** Describes the distribution of latents: `sample(key, n)` is [n, ...shape], float32. */
export interface Prior {
  readonly name: string
  /** All that it was made from, by name. */
  readonly options?: Readonly<Record<string, unknown>>
  /** Shape of one latent. */
  readonly shape: Shape
  /** What latents end in, where they say something of the fakes. */
  readonly codes?: Codes
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
    options: { shape: given },
    shape,
    problems: problems.map((problem) => ({ ...problem, hint: `Prior.${name}([8])` })),
    sample: (key, n) => sample(key, n, shape)
  }
}

/**
 * Samples standard normal latents of `shape`.
 *
 * @formula z ~ N(0, I)
 * @when in doubt: the usual prior
 *
 * @example
 * import { Prior, Random } from 'saddlepoint'
 * Prior.normal([8]).sample(Random.key(0), 3).shape // => [3, 8]
 */
export const normal = (shape: Shape, ...more: None): Prior =>
  prior('normal', shape, more, (key, n, features) => drawNormal(key, [n, ...features]))

/**
 * Samples latents uniformly.
 *
 * @formula z ~ U[-1, 1)
 * @when latents are to have bounds, as DCGAN's
 * @see Radford, Metz, Chintala, Unsupervised representation learning with DCGANs (2016), figure 1
 */
export const uniform = (shape: Shape, ...more: None): Prior =>
  prior('uniform', shape, more, (key, n, features) => drawUniform(key, [n, ...features], { min: -1, max: 1 }))

/**
 * Samples latents uniformly from the sphere where a normal latent of many dimensions lies.
 *
 * @formula z = sqrt(n) y / |y|, y ~ N(0, I) of n dimensions
 * @when one walks between latents along arcs and wants them all to be likely
 * @see White, Sampling generative networks (2016)
 */
export const sphere = (shape: Shape, ...more: None): Prior =>
  prior('sphere', shape, more, (key, n, features) => {
    const z = drawNormal(key, [n, ...features])
    const length = norm(z, { axes: range(features.length).map((axis) => axis + 1), keepDims: true })
    return mul(div(z, length), Math.sqrt(sizeOf(features)))
  })

export interface CodesOptions {
  /** How many normal numbers a latent begins with, 0 or more; 0 by default. */
  readonly noise?: number
  /** Extents of one-hot codes: a number, or several; none by default. */
  readonly categories?: number | readonly number[]
  /** How many codes from [-1, 1) come last; 0 by default. */
  readonly continuous?: number
}

/**
 * Samples latents [noise + codes]: standard normal numbers, then one-hot codes, each class as likely, then numbers
 * uniform on [-1, 1). `Loss.mutualInformation` lets fakes tell these codes.
 *
 * @formula z = (noise, one-hot codes, continuous codes)
 * @when latents are to have dimensions that mean something, as InfoGAN's
 * @see Chen et al., InfoGAN (2016), section 7
 *
 * @example
 * import { Prior, Random } from 'saddlepoint'
 * const prior = Prior.codes({ noise: 62, categories: 10, continuous: 2 })
 * prior.shape // => [74]
 * prior.sample(Random.key(0), 3).shape // => [3, 74]
 */
export const codes = (options: CodesOptions, ...more: None): Prior => {
  const rules = { noise: countOrZero, categories: categoriesRule, continuous: countOrZero }
  const usual = { noise: 0, categories: [], continuous: 0 }
  const { all, problems } = readOptions<CodesOptions>(usual, options, rules, {}, more)
  const { noise, continuous } = problems.length === 0 ? all : usual
  const categories = problems.length === 0 ? categoriesOf(all.categories) : []
  return {
    name: 'codes',
    options: { ...all },
    shape: [noise + sizeOfCodes({ categories, continuous })],
    codes: { categories, continuous },
    problems,
    sample: (key, n) =>
      concat(
        [
          drawNormal(foldIn(key, 0), [n, noise]),
          ...categories.map((extent, i) => oneHot(randint(foldIn(key, i + 2), [n], 0, extent), extent)),
          drawUniform(foldIn(key, 1), [n, continuous], { min: -1, max: 1 })
        ],
        { axis: 1 }
      )
  }
}

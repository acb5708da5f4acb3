/** The namespace `Toy`: distributions of few dimensions whose modes are known, on which GANs are studied. */
import { add, div, mul } from '../ops/arithmetic.ts'
import { stack } from '../ops/assembly.ts'
import { full } from '../ops/creation.ts'
import { cos, sin } from '../ops/elementary.ts'
import { take } from '../ops/indexing.ts'
import { randint } from '../random/integers.ts'
import type { Key } from '../random/key.ts'
import { normal } from '../random/normal.ts'
import { uniform } from '../random/uniform.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import { count, finite, notNegative, optional, positive, readOptions, requireOptions, text } from '../tensor/options.ts'
import { refuse, showValue } from '../tensor/problem.ts'
import { range } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { makeTensor } from '../tensor/makeTensor.ts'
import { isTensor } from '../tensor/tensor.ts'

/** Describes a mixture of equally likely round Gaussians of one width. */
export interface Modes {
  /** float32 [modes, dimension]. */
  readonly centres: Tensor
  /** The standard deviation of every mode along every axis. */
  readonly sd: number
}

export interface Toy {
  readonly name: string
  readonly dimension: number
  /** Absent where the distribution is no mixture. */
  readonly modes?: Modes
  /**
   * n samples, float32 [n, dimension], a pure function of the key. Written in the library's ops, so that batches can be
   * drawn inside a compiled step, and eagerly outside.
   */
  readonly sample: (key: Key, n: number) => Tensor
}

/** Names a toy whose modes are known. */
export interface Mixture extends Toy {
  readonly modes: Modes
}

/** Toys are made at once, centre by centre. */
const upTo = (most: number): Rule => ({
  expected: `a whole number from 1 to ${String(most)}`,
  accepts: (x) => count.accepts(x) && (x as number) <= most
})

const matrix: Rule = {
  expected: 'a tensor [modes, dimension] of one mode or more',
  accepts: (x) => isTensor(x) && x.shape.length === 2 && x.shape[0]! > 0
}

/** Returns n if samples can be counted by it, and fails otherwise. */
const requireCount = (toy: string, n: number): number =>
  Number.isInteger(n) && n >= 0
    ? n
    : fail('InvalidArgument', {
        op: toy,
        expected: 'a number of samples',
        actual: showValue(n),
        hint: 'Write sample(key, n)'
      })

/**
 * Makes equally likely Gaussians of standard deviation `sd` around `centres` [modes, dimension].
 *
 * @throws InvalidArgument where centres are no matrix of at least one row, or sd is not positive
 *
 * @example
 * import { Random, Toy, tensor } from 'saddlepoint'
 * const two = Toy.mixture('two clusters', { centres: tensor([[0], [4]]), sd: 0.1 })
 * two.sample(Random.key(0), 100).data.every((x) => Math.abs(x) < 0.6 || Math.abs(x - 4) < 0.6) // => true
 */
export const mixture = (name: string, modes: Modes, ...more: None): Mixture => {
  refuse(
    'Toy.mixture',
    readOptions<Modes>({}, modes, { name: text, centres: matrix, sd: positive }, { name }, more).problems
  )
  const { centres, sd } = modes
  const [count = 0, dimension = 0] = centres.shape
  return {
    name,
    dimension,
    modes,
    sample: (key, n) =>
      add(take(centres, randint(key, [requireCount(name, n)], 0, count)), mul(normal(key, [n, dimension]), sd))
  }
}

export interface RingOptions {
  /** 8 by default. */
  readonly modes?: number
  /** 1 by default. */
  readonly radius?: number
  /** 0.01 by default. */
  readonly sd?: number
}

/**
 * Makes Gaussians on a circle around 0, the first one on the positive x axis.
 *
 * Source: L. Metz et al., "Unrolled generative adversarial networks" (2017); radius 1 and sd 0.01 as in Z. Lin et al.,
 * "PacGAN" (2018).
 *
 * @example
 * import { Random, Toy } from 'saddlepoint'
 * Toy.ring({ modes: 4 }).modes?.centres // => [[1, 0], [0, 1], [-1, 0], [0, -1]]
 * Toy.ring().sample(Random.key(0), 128).shape // => [128, 2]
 */
export const ring = (options?: RingOptions, ...more: None): Mixture => {
  refuseMore('Toy.ring', more)
  const rules = { modes: optional(upTo(10_000)), radius: optional(finite), sd: optional(positive) }
  const { modes = 8, radius = 1, sd = 0.01 } = requireOptions<RingOptions>('Toy.ring', options, rules)
  const angles = range(modes).map((i) => (2 * Math.PI * i) / modes)
  const centres = makeTensor(angles.map((angle) => [radius * Math.cos(angle), radius * Math.sin(angle)]))
  return mixture(`ring of ${String(modes)}`, { centres, sd })
}

export interface GridOptions {
  /** Modes along each side, 5 by default. */
  readonly side?: number
  /** The distance of neighbours, 2 by default. */
  readonly spacing?: number
  /** 0.05 by default. */
  readonly sd?: number
}

/**
 * Makes Gaussians on a square lattice around 0.
 *
 * Source: Z. Lin et al., "PacGAN" (2018): {-4, -2, 0, 2, 4}^2, sd 0.05.
 *
 * @example
 * import { Toy } from 'saddlepoint'
 * Toy.grid({ side: 2 }).modes?.centres // => [[-1, -1], [-1, 1], [1, -1], [1, 1]]
 */
export const grid = (options?: GridOptions, ...more: None): Mixture => {
  refuseMore('Toy.grid', more)
  const rules = { side: optional(upTo(1000)), spacing: optional(finite), sd: optional(positive) }
  const { side = 5, spacing = 2, sd = 0.05 } = requireOptions<GridOptions>('Toy.grid', options, rules)
  const places = range(side).map((i) => spacing * (i - (side - 1) / 2))
  const centres = makeTensor(places.flatMap((x) => places.map((y) => [x, y])))
  return mixture(`grid of ${String(side * side)}`, { centres, sd })
}

export interface SwissRollOptions {
  /** The standard deviation of the noise before scaling, 0.25 by default. */
  readonly noise?: number
  /** What coordinates are divided by, 7.5 by default. */
  readonly scale?: number
}

/**
 * Makes a spiral of one and a half turns, t (cos t, sin t) for t uniform on [3π/2, 9π/2], with noise: one connected
 * curve.
 *
 * Source: I. Gulrajani et al., "Improved training of Wasserstein GANs" (2017), the code of its toy figures, which takes
 * coordinates 0 and 2 of scikit-learn's make_swiss_roll.
 *
 * @example
 * import { Random, Toy } from 'saddlepoint'
 * Toy.swissRoll().sample(Random.key(0), 10).shape // => [10, 2]
 */
export const swissRoll = (options?: SwissRollOptions, ...more: None): Toy => {
  refuseMore('Toy.swissRoll', more)
  const rules = { noise: optional(notNegative), scale: optional(positive) }
  const { noise = 0.25, scale = 7.5 } = requireOptions<SwissRollOptions>('Toy.swissRoll', options, rules)
  return {
    name: 'swiss roll',
    dimension: 2,
    sample: (key, n) => {
      const t = uniform(key, [requireCount('swiss roll', n)], { min: 1.5 * Math.PI, max: 4.5 * Math.PI })
      const curve = stack([mul(t, cos(t)), mul(t, sin(t))], { axis: 1 })
      return div(add(curve, mul(normal(key, [n, 2]), noise)), scale)
    }
  }
}

/**
 * Puts all mass at one point of the line, 0 by default: the data of the Dirac-GAN.
 *
 * Source: L. Mescheder et al., "Which training methods for GANs do actually converge?" (2018).
 *
 * @example
 * import { Random, Toy } from 'saddlepoint'
 * Toy.dirac().sample(Random.key(0), 2) // => [[0], [0]]
 */
export const dirac = (at = 0, ...more: None): Toy => {
  refuse('Toy.dirac', readOptions({}, {}, { at: finite }, { at }, more).problems)
  return { name: 'dirac', dimension: 1, sample: (_, n) => full([requireCount('dirac', n), 1], at) }
}

export type { Shapes, ShapesOptions } from './shapes.ts'
export { shapes } from './shapes.ts'

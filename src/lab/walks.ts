import { generatorJacobian } from '../gan/game/generatorJacobian.ts'
import type { Generator } from '../gan/game/generatorJacobian.ts'
import { svd } from '../linalg/decompositions.ts'
import { add, mul } from '../ops/arithmetic.ts'
import { concat } from '../ops/assembly.ts'
import { reshape, transpose } from '../ops/shaping.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireFunction, requireTensor } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import { count, positive, requireOptions } from '../tensor/options.ts'
import { equalShapes } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'
import { latentsIn, requireFinite } from './finite.ts'

export interface WalkOptions {
  /** How far a walk goes to either side, a positive number. */
  readonly reach: number
  /** How many latents a walk has, at least 2; an odd number has z itself in the middle. */
  readonly steps: number
}

const stepsRule: Rule = {
  expected: 'a whole number of at least 2, and at most 10,000',
  accepts: (x) => count.accepts(x) && x !== 1 && (x as number) <= 1e4
}

/** Holds how a generator stretches directions of latents, the most stretched first. */
export interface SingularDirections {
  /** How much: the singular values of J, [n, k]. */
  readonly stretch: Tensor
  /** Which: unit vectors of latents, [n, k, latents]. */
  readonly directions: Tensor
}

/**
 * Computes the right singular vectors of the Jacobian of a generator at latents z [n, latents]: the directions in which a
 * small step changes the output most, down to those in which it changes least. `Lab.walk` goes along them. A traced function.
 *
 * @see Ramesh, Choi and LeCun, A spectral regularizer for unsupervised disentanglement (2018), section 2
 *
 * @example
 * import { Lab, mul, tensor } from 'saddlepoint'
 * import type { Tensor } from 'saddlepoint'
 * const G = (z: Tensor) => mul(z, tensor([2, 3]))
 * const { stretch, directions } = Lab.singularDirections(G)(tensor([[1, 1]]))
 * stretch.data // => [3, 2]
 * directions.data // => [0, 1, 1, 0]
 */
export const singularDirections = (G: Generator, ...more: None): ((z: Tensor) => SingularDirections) => {
  refuseMore('singularDirections', more)
  requireFunction('singularDirections', G, 'a generator, a function of latents')
  return (z) => {
    const [, stretch, v] = svd(generatorJacobian(G, latentsIn('singularDirections', z)))
    return { stretch, directions: transpose(v, [0, 2, 1]) }
  }
}

/**
 * Computes the latents of walks of `steps` equal steps along directions [n, latents] around latents z [n, latents], from
 * -reach to reach: [n, steps, latents]. Where the directions are of length 1, `reach` is a distance in latents. G of them,
 * drawn as one row of images a walk, shows what a direction means.
 *
 * @example
 * import { Lab, tensor } from 'saddlepoint'
 * Lab.walk(tensor([[1, 1]]), tensor([[0, 1]]), { reach: 2, steps: 3 }).data // => [1, -1, 1, 1, 1, 3]
 */
export const walk = (z: Tensor, directions: Tensor, options: WalkOptions, ...more: None): Tensor => {
  const op = 'walk'
  refuseMore(op, more)
  const { reach, steps } = requireOptions(op, options, { reach: positive, steps: stepsRule })
  for (const x of [z, directions])
    if (requireTensor(op, x, 'latents [n, latents]').shape.length !== 2 || !equalShapes(x.shape, z.shape))
      fail('ShapeMisfit', {
        op,
        expected: 'latents and directions [n, latents] of one shape',
        actual: `${showAval(z)} and ${showAval(directions)}`
      })
  requireFinite(op, 'latents', z)
  requireFinite(op, 'directions', directions)
  const [n = 0, latents = 0] = z.shape
  const place = (i: number): number => reach * ((2 * i) / (steps - 1) - 1)
  const row = (x: Tensor): Tensor => reshape(x, [n, 1, latents])
  return concat(
    Array.from({ length: steps }, (_, i) => add(row(z), mul(row(directions), place(i)))),
    { axis: 1 }
  )
}

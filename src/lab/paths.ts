import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireFunction, requireTensor } from '../tensor/arguments.ts'
import { div, square, sub } from '../ops/arithmetic.ts'
import { equal, where } from '../ops/comparison.ts'
import { sqrt } from '../ops/elementary.ts'
import { mean, reduceMax, sum } from '../ops/reduction.ts'
import { slice } from '../ops/assembly.ts'
import { reshape } from '../ops/shaping.ts'
import { fail } from '../tensor/error.ts'
import { showShape, sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { flatRows } from '../gan/game/generatorJacobian.ts'
import { jvp } from '../transform/jvp.ts'
import { latentsIn, requireFinite } from './finite.ts'

/**
 * Computes the squared speed of a generator's output along paths through its latents: |J(z) dz/dt|² per row, [n], by one
 * Jacobian-vector product, exact, where the published code takes differences of step 1e-4. Its mean over paths between
 * pairs of latents and uniform t is the perceptual path length, of G followed by features that see as people do (of pixels,
 * where G is taken as it is); published figures drop the largest and smallest percent. A traced function: `evaluate` or
 * `compile` it. Costs two generator passes.
 *
 * @see Karras et al., A style-based generator architecture (2019), section 4.1
 *
 * @example
 * import { Lab, mul, tensor } from 'saddlepoint'
 * const { z, velocity } = Lab.interpolate(tensor([[0, 0]]), tensor([[1, 2]]), 0.5)
 * Lab.pathSpeeds((z) => mul(z, 3))(z, velocity).data // => [45]
 */
export const pathSpeeds = (G: (z: Tensor) => Tensor, ...more: None): ((z: Tensor, velocity: Tensor) => Tensor) => {
  refuseMore('pathSpeeds', more)
  requireFunction('pathSpeeds', G, 'a generator, a function of latents')
  return (z, velocity) => {
    const change = jvp(G, [latentsIn('pathSpeeds', z)], [requireFinite('pathSpeeds', 'velocities', velocity)])[1]
    return sum(square(flatRows('pathSpeeds', change)), { axes: [1] })
  }
}

/** Computes the lengths of the steps between neighbours along paths, [steps, n], from outputs [steps + 1, n, ...]. */
export const stepLengths = (images: Tensor, ...more: None): Tensor => {
  refuseMore('stepLengths', more)
  requireTensor('stepLengths', images, 'outputs [steps + 1, n, ...]')
  const [points = 0, n = 0] = images.shape
  if (images.shape.length < 3 || points < 2)
    fail('ShapeMisfit', {
      op: 'stepLengths',
      expected: 'outputs [steps + 1, n, ...] of at least one step',
      actual: showShape(images.shape)
    })
  requireFinite('stepLengths', 'outputs', images)
  const rows = reshape(images, [points, n, sizeOf(images.shape.slice(2))])
  const [next, last] = [slice(rows, { start: [1] }), slice(rows, { end: [points - 1] })]
  return sqrt(sum(square(sub(next, last)), { axes: [2] }))
}

/**
 * Computes how evenly outputs change along paths, 1 where all steps are of one length: the largest over the mean length of
 * the steps between neighbours, a path each, [n]. `images` holds the outputs at steps of equal length, [steps + 1, n, ...].
 * A generator that jumps between modes has few long steps, and so a large figure; one that never moves has 1. A traced
 * function, too.
 *
 * @example
 * import { Lab, tensor } from 'saddlepoint'
 * Lab.unevenness(tensor([[[0]], [[1]], [[4]]])).data // => [1.5]
 */
export const unevenness = (images: Tensor, ...more: None): Tensor => {
  refuseMore('unevenness', more)
  const steps = stepLengths(images)
  const [longest, average] = [reduceMax(steps, { axes: [0] }), mean(steps, { axes: [0] })]
  const stands = equal(longest, 0)
  return where(stands, 1, div(longest, where(stands, 1, average)))
}

import { relu } from '../../../ops/activation.ts'
import { add, max, mul, sub } from '../../../ops/arithmetic.ts'
import { slice } from '../../../ops/assembly.ts'
import { stopGradient } from '../../../ops/conversion.ts'
import { eye } from '../../../ops/creation.ts'
import { mean } from '../../../ops/reduction.ts'
import { reshape } from '../../../ops/shaping.ts'
import { eigh } from '../../../linalg/decompositions.ts'
import { logdet } from '../../../linalg/solve.ts'
import type { None } from '../../../tensor/arguments.ts'
import { finite, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Generator } from '../generatorJacobian.ts'
import { generatorJacobian, metricOf, requireLatents, requireTallJacobian } from '../generatorJacobian.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import type { SubsetOptions } from './subset.ts'
import { lookedAt, subsetRules } from './subset.ts'

/**
 * Raises a matrix M [B, n, n] whose smallest eigenvalue single precision cannot tell to one in which it is 2^-24 of the
 * largest: by a multiple of the identity, a constant of every gradient.
 */
const invertible = (M: Tensor): Tensor => {
  const [batch = 1, n = 1] = M.shape
  const [values] = eigh(stopGradient(M))
  const at = (place: number): Tensor =>
    reshape(slice(values, { start: [0, place], end: [batch, place + 1] }), [batch, 1, 1])
  const least = max(mul(at(n - 1), 2 ** -24), 2 ** -100)
  return add(M, mul(stopGradient(relu(sub(least, at(0)))), eye(n)))
}

/**
 * Computes log det M at each latent, [B]. Exact where M is invertible in single precision.
 *
 * @throws ShapeMisfit where G has fewer outputs than latents
 */
export const logDeterminants = (G: Generator, z: Tensor, ...more: None): Tensor => {
  requireLatents('Reg.logDeterminants', G, z, more)
  requireTallJacobian('Reg.logDeterminants', G, z)
  return logdet(invertible(metricOf(generatorJacobian(G, z))))
}

export interface LogDeterminantOptions extends SubsetOptions {
  /** Any number, 1 by default: a negative one keeps volumes from vanishing. */
  readonly weight?: number
}

/**
 * Penalizes how much the generator stretches volumes, by the determinant of M = J'J. With a negative weight it drives
 * the volume up without bound unless the loss holds it. Where J loses rank in training (dead units), value and gradient
 * stay finite: M is raised by a multiple of the identity until its smallest eigenvalue is 2^-24 of its largest, and a
 * direction in which nothing changes pulls nowhere. A generator of fewer outputs than latents is refused.
 *
 * @formula weight E log det M
 * @cost two generator passes a latent dimension, all differentiated: take a `subset`
 * @when a generator is not to collapse anywhere: with a negative weight
 * @see Odena et al., Is generator conditioning causally related to GAN performance? (2018), section 2
 *
 * @example
 * import { Reg, mul, tensor } from 'saddlepoint'
 * Reg.logDeterminants((z) => mul(z, tensor([2, 1])), tensor([[0.5, 3]])).data // => [1.3862944]
 */
export const logDeterminant = (options: LogDeterminantOptions = {}, ...more: None): Objective => {
  const { all, problems } = readOptions({ weight: 1 }, options, { weight: finite, ...subsetRules }, {}, more)
  return of(
    'logDeterminant',
    (play) => {
      const [G, z] = lookedAt(all, play)
      return mul(all.weight, mean(logDeterminants(G, z)))
    },
    { perLatent: true, options: { ...all }, problems }
  )
}

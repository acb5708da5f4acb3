import type { Generator } from '../gan/game/generatorJacobian.ts'
import { generatorJacobian, metricOf } from '../gan/game/generatorJacobian.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireFunction } from '../tensor/arguments.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { latentsIn } from './finite.ts'

export type { Generator } from '../gan/game/generatorJacobian.ts'

/**
 * Computes the Jacobians of a generator at latents z [n, latents]: [n, outputs, latents], the outputs of a latent flattened.
 * One Jacobian-vector product per latent dimension, all in one batch, where reverse mode would take one pullback per
 * output. A traced function: `evaluate` or `compile` it. G must treat each row by itself (batch statistics in evaluation
 * mode). Takes n outputs latents numbers of memory. Throws ShapeMisfit for
 * other latents, InvalidArgument for NaN among them.
 *
 * @example
 * import { Lab, mul, tensor } from 'saddlepoint'
 * import type { Tensor } from 'saddlepoint'
 * const G = (z: Tensor) => mul(z, tensor([2, 3]))
 * Lab.jacobian(G)(tensor([[1, 1]])).data // => [2, 0, 0, 3]
 */
export const jacobian = (G: Generator, ...more: None): ((z: Tensor) => Tensor) => {
  refuseMore('jacobian', more)
  requireFunction('jacobian', G, 'a generator, a function of latents')
  return (z) => generatorJacobian(G, latentsIn('jacobian', z))
}

/**
 * Computes the metric tensors M = J'J of a generator at latents z [n, latents]: [n, latents, latents]. Its eigenvalues are
 * the squares of J's singular values, so in single precision the smallest are lost below 3e-4 of the largest: where they
 * matter, take the singular values of J (`Lab.conditioningOf`). A traced function, too.
 *
 * @example
 * import { Lab, mul, tensor } from 'saddlepoint'
 * Lab.metricTensor((z) => mul(z, tensor([2, 3])))(tensor([[1, 1]])).data // => [4, 0, 0, 9]
 */
export const metricTensor = (G: Generator, ...more: None): ((z: Tensor) => Tensor) => {
  refuseMore('metricTensor', more)
  requireFunction('metricTensor', G, 'a generator, a function of latents')
  return (z) => metricOf(generatorJacobian(G, latentsIn('metricTensor', z)))
}

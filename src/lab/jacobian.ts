import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireFunction, requireTensor } from '../tensor/arguments.ts'
import { eye } from '../ops/creation.ts'
import { matmul } from '../ops/matmul.ts'
import { broadcastTo, reshape, transpose } from '../ops/shaping.ts'
import { fail } from '../tensor/error.ts'
import { showAval, isTensor } from '../tensor/tensor.ts'
import { showValue } from '../tensor/problem.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { jvp } from '../transform/jvp.ts'
import { vmap } from '../transform/vmap.ts'

/** Names a generator: latents [n, latents] to outputs [n, ...], each row by itself. */
export type Generator = (z: Tensor) => Tensor

const requireLatents = (op: string, z: Tensor): readonly [number, number] => {
  const [n = 0, latents = 0] = isTensor(z) ? z.shape : []
  if (!isTensor(z) || z.shape.length !== 2 || n === 0 || latents === 0)
    fail('ShapeMisfit', { op, expected: 'latents [n, latents]', actual: isTensor(z) ? showAval(z) : showValue(z) })
  return [n, latents]
}

/**
 * Computes the Jacobians of a generator at latents z [n, latents]: [n, outputs, latents], the outputs of a latent flattened.
 * One Jacobian-vector product per latent dimension, all in one batch, where reverse mode would take one pullback per
 * output. A traced function: `evaluate` or `compile` it. G must treat each row by itself (batch statistics in evaluation
 * mode). Takes n outputs latents numbers of memory. Throws ShapeMisfit for other latents.
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
  return (z) => {
    const [n, latents] = requireLatents('jacobian', z)
    const push = (direction: Tensor): Tensor => {
      const tangent = broadcastTo(direction, [n, latents])
      const change = requireTensor('jacobian', jvp(G, [z], [tangent])[1], 'a generator that returns a tensor [n, ...]')
      return reshape(change, [n, sizeOf(change.shape.slice(1))])
    }
    return transpose(vmap(push)(eye(latents)), [1, 2, 0])
  }
}

/**
 * Computes the metric tensors M = J'J of a generator at latents z [n, latents]: [n, latents, latents]. Its eigenvalues are
 * the squares of J's singular values, so in single precision the smallest are lost below 3e-4 of the largest: where they
 * matter, take the singular values of J (`Lab.conditioning`). A traced function, too.
 *
 * @example
 * import { Lab, mul, tensor } from 'saddlepoint'
 * Lab.metricTensor((z) => mul(z, tensor([2, 3])))(tensor([[1, 1]])).data // => [4, 0, 0, 9]
 */
export const metricTensor = (G: Generator, ...more: None): ((z: Tensor) => Tensor) => {
  refuseMore('metricTensor', more)
  requireFunction('metricTensor', G, 'a generator, a function of latents')
  return (z) => {
    requireLatents('metricTensor', z)
    const J = jacobian(G)(z)
    return matmul(transpose(J, [0, 2, 1]), J)
  }
}

import { eye } from '../../ops/creation.ts'
import { matmul } from '../../ops/matmul.ts'
import { broadcastTo, reshape, transpose } from '../../ops/shaping.ts'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore, requireFunction, requireTensor } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { showAval } from '../../tensor/tensor.ts'
import { jvp } from '../../transform/jvp.ts'
import { vmap } from '../../transform/vmap.ts'

/** Maps latents [B, latents] to outputs [B, ...], each row by itself. */
export type Generator = (z: Tensor) => Tensor

/** Flattens each row of what a generator gives: [B, ...] to [B, features]. Fails, as `op`, where that is no tensor. */
export const flatRows = (op: string, x: Tensor): Tensor => {
  const { shape } = requireTensor(op, x, 'a generator that returns a tensor [B, ...]')
  return reshape(x, [shape[0] ?? 1, sizeOf(shape.slice(1))])
}

/** Fails unless G is a function and z latents [B, latents]. */
export const requireLatents = (op: string, G: Generator, z: Tensor, more: readonly unknown[] = []): void => {
  refuseMore(op, more)
  requireFunction(op, G, 'a generator, which is a function of latents')
  if (requireTensor(op, z).shape.length !== 2 || sizeOf(z.shape) === 0)
    fail('ShapeMisfit', { op, expected: 'latents [B, latents]', actual: showAval(z) })
}

/**
 * Computes the Jacobian of each row of latents z [B, latents]: [B, outputs, latents], the outputs of a row flattened. One
 * Jacobian-vector product a latent dimension, all in one batch, where reverse mode takes one pullback an output.
 *
 * @throws ShapeMisfit for other latents
 */
export const generatorJacobian = (G: Generator, z: Tensor, ...more: None): Tensor => {
  const op = 'generatorJacobian'
  requireLatents(op, G, z, more)
  const [batch = 1, latents = 1] = z.shape
  const push = (direction: Tensor): Tensor => {
    const [, change] = jvp(G, [z], [broadcastTo(direction, [batch, latents])])
    return flatRows(op, change)
  }
  return transpose(vmap(push)(eye(latents)), [1, 2, 0])
}

/** Computes the metric tensors M = J'J of Jacobians [B, outputs, latents]: [B, latents, latents]. */
export const metricOf = (jacobian: Tensor): Tensor => matmul(transpose(jacobian, [0, 2, 1]), jacobian)

/**
 * Fails where a generator has fewer outputs than latents: M is then singular everywhere, and what it is asked for infinite.
 *
 * @throws ShapeMisfit
 */
export const requireTallJacobian = (op: string, G: Generator, z: Tensor): void => {
  const [, outputs = 1] = flatRows(op, G(z)).shape
  const [, latents = 1] = z.shape
  if (outputs < latents)
    fail('ShapeMisfit', {
      op,
      expected: `a generator of at least as many outputs as latents, ${String(latents)}`,
      actual: `one of ${String(outputs)}, so that some direction of latents always changes nothing`,
      hint: `Take a prior of ${String(outputs)} latents or fewer, Prior.normal([${String(outputs)}]), say`
    })
}

import { add, div, mul, sub } from '../../../ops/arithmetic.ts'
import { norm } from '../../../ops/norm.ts'
import type { Key } from '../../../random/key.ts'
import { normal } from '../../../random/normal.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireFunction, requireTensor } from '../../../tensor/arguments.ts'
import type { Shape } from '../../../tensor/shape.ts'
import { range } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { jvp } from '../../../transform/jvp.ts'
import type { Generator } from '../generatorJacobian.ts'
import { requireAlike } from './perSample.ts'

export const requireGenerator = (
  op: string,
  G: Generator,
  latents: readonly Tensor[],
  more: readonly unknown[]
): void => {
  refuseMore(op, more)
  requireFunction(op, G, 'a generator, which is a function of latents')
  for (const z of latents) requireTensor(op, z)
}

/** Computes ||x||_2 of each row over all axes but the first. */
export const rowNorm = (x: Tensor, keepDims = false): Tensor =>
  norm(x, { axes: range(requireTensor('G', x, 'a tensor of samples').shape.length).slice(1), keepDims })

/** Computes how much G stretches each latent's `perturbation` d: ||G(z + d) - G(z)|| / ||d||, [B]. */
export const secantStretch = (G: Generator, z: Tensor, perturbation: Tensor, ...more: None): Tensor => {
  requireGenerator('Reg.secantStretch', G, [z, perturbation], more)
  requireAlike('Reg.secantStretch', 'a perturbation', perturbation, z)
  return div(rowNorm(sub(G(add(z, perturbation)), G(z))), rowNorm(perturbation))
}

/** Computes the secant stretch's limit for small d, by one Jacobian-vector product: ||J_G(z) v|| / ||v||, [B]. */
export const tangentStretch = (G: Generator, z: Tensor, direction: Tensor, ...more: None): Tensor => {
  requireGenerator('Reg.tangentStretch', G, [z, direction], more)
  requireAlike('Reg.tangentStretch', 'a direction', direction, z)
  return div(rowNorm(jvp(G, [z], [direction])[1]), rowNorm(direction))
}

/** Samples a direction of length `epsilon` for each row, uniform among all. */
export const randomDirection = (key: Key, shape: Shape, epsilon: number): Tensor => {
  const direction = normal(key, shape)
  return mul(epsilon, div(direction, rowNorm(direction, true)))
}

import { norm } from '../../../ops/norm.ts'
import { sum } from '../../../ops/reduction.ts'
import { reshape } from '../../../ops/shaping.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireFunction, requireTensor } from '../../../tensor/arguments.ts'
import { range } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { grad } from '../../../transform/grad.ts'

/** Scores samples: [B, ...] -> [B], or scores of patches, [B, ...]. */
export type Critic = (x: Tensor) => Tensor

/** Lists the axes of a sample: all but the first. */
export const featureAxes = (x: Tensor): readonly number[] => range(x.shape.length).slice(1)

/**
 * Computes dD/dx of each sample, [B, ...]: one gradient of the summed scores, since samples do not see one another. A
 * critic of patches counts as the sum of a sample's patches, as in all published PatchGANs with a gradient penalty. Where D
 * decides about packs of samples (`Net.pack`), a gradient is that of a pack, [packs, ...], its samples one after another.
 */
export const inputGradient = (D: Critic, x: Tensor, ...more: None): Tensor => {
  refuseMore('Reg.inputGradient', more)
  requireFunction('Reg.inputGradient', D, 'a critic, which is a function of samples')
  const [n = 1, first = 1, ...rest] = requireTensor('Reg.inputGradient', x).shape
  let packs = n
  const gradient = grad((point: Tensor) => {
    const scores = D(point)
    packs = requireTensor('Reg.inputGradient', scores, 'scores, a tensor').shape[0] ?? n
    return sum(scores)
  })(x)
  return packs < n && n % packs === 0 ? reshape(gradient, [packs, (n / packs) * first, ...rest]) : gradient
}

/** Computes ||dD/dx||_2 of each sample, [B]. Finite in value and derivatives also where the gradient is 0. */
export const gradientNorm = (D: Critic, x: Tensor, ...more: None): Tensor =>
  norm(inputGradient(D, x, ...more), { axes: featureAxes(x) })

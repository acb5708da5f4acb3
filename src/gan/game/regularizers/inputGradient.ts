import { square } from '../../../ops/arithmetic.ts'
import { concat } from '../../../ops/assembly.ts'
import { norm } from '../../../ops/norm.ts'
import { sum } from '../../../ops/reduction.ts'
import { reshape } from '../../../ops/shaping.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireFunction, requireTensor } from '../../../tensor/arguments.ts'
import { range } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { treeLeaves } from '../../../tensor/tree.ts'
import { grad } from '../../../transform/grad.ts'
import { flatRows } from '../generatorJacobian.ts'
import type { Input } from '../players.ts'
import { isPaired } from './pairs.ts'

/** Scores samples, [B, ...], or what they are paired with in a tree of tensors: [B], or scores of patches, [B, ...]. */
export type Critic<X extends Input = Tensor> = (x: X) => Tensor

/** Lists the axes of a sample: all but the first. */
export const featureAxes = (x: Tensor): readonly number[] => range(x.shape.length).slice(1)

const op = 'Reg.inputGradient'

const scoresOf = (scores: Tensor): Tensor => requireTensor(op, scores, 'scores, a tensor')

const ofSamples = (D: Critic, x: Tensor): Tensor => {
  const [n = 1, first = 1, ...rest] = requireTensor(op, x).shape
  let packs = n
  const gradient = grad((point: Tensor) => {
    const scores = scoresOf(D(point))
    packs = scores.shape[0] ?? n
    return sum(scores)
  })(x)
  return packs < n && n % packs === 0 ? reshape(gradient, [packs, (n / packs) * first, ...rest]) : gradient
}

const ofPairs = <X extends Input>(D: Critic<X>, x: X): Tensor => {
  const gradients = treeLeaves(grad((point: X) => sum(scoresOf(D(point))))(x))
  return concat(
    gradients.map((one) => flatRows(op, one)),
    { axis: 1 }
  )
}

/**
 * Computes dD/dx of each sample, [B, ...]: one gradient of the summed scores, since samples do not see one another. A
 * critic of patches counts as the sum of a sample's patches, as in all published PatchGANs with a gradient penalty. Where D
 * decides about packs of samples (`Net.pack`), a gradient is that of a pack, [packs, ...], its samples one after another.
 * Of pairs, a tree of tensors [B, ...], it is the gradient in all of them together, [B, numbers].
 */
export const inputGradient = <X extends Input>(D: Critic<X>, x: X, ...more: None): Tensor => {
  refuseMore(op, more)
  requireFunction(op, D, 'a critic, which is a function of samples')
  return isPaired(x) ? ofPairs(D, x) : ofSamples(D as unknown as Critic, x)
}

/** Computes ||dD/dx||_2 of each sample, [B]. Finite in value and derivatives also where the gradient is 0. */
export const gradientNorm = <X extends Input>(D: Critic<X>, x: X, ...more: None): Tensor => {
  const gradient = inputGradient(D, x, ...more)
  return norm(gradient, { axes: featureAxes(gradient) })
}

/** Computes ||dD/dx||² of each sample, [B]. */
export const squaredGradients = <X extends Input>(D: Critic<X>, x: X, more: None): Tensor => {
  const gradient = inputGradient(D, x, ...more)
  return sum(square(gradient), { axes: featureAxes(gradient) })
}

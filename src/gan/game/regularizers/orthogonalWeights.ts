import { mul, square, sub } from '../../../ops/arithmetic.ts'
import { eye } from '../../../ops/creation.ts'
import { matmul } from '../../../ops/matmul.ts'
import { sum } from '../../../ops/reduction.ts'
import { reshape, transpose } from '../../../ops/shaping.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireTensor } from '../../../tensor/arguments.ts'
import { fail } from '../../../tensor/error.ts'
import { notNegative, readOptions } from '../../../tensor/options.ts'
import { range, sizeOf } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { isTensor, showAval } from '../../../tensor/tensor.ts'
import { flattenWithPaths } from '../../../tensor/tree.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import { total } from '../profile.ts'

/** Reshapes weights to matrices whose columns are to be orthogonal: kernels [c, ...] to [.., c], others are [.., in, out]. */
const columnsOf = (weights: Tensor): Tensor => {
  const [first = 1, ...rest] = weights.shape
  return weights.shape.length < 4 ? weights : transpose(reshape(weights, [first, sizeOf(rest)]))
}

/**
 * Computes how far the columns of weights are from right angles: ||W'W o (1 - I)||², the squares of all inner products of
 * two different columns, summed; their lengths are free. W is [in, out]; of kernels [c, ...] the c filters are the columns,
 * and of [pieces, in, out] each piece counts by itself.
 *
 * @throws ShapeMisfit for what is no matrix and no kernel
 */
export const orthogonality = (weights: Tensor, ...more: None): Tensor => {
  const op = 'Reg.orthogonality'
  refuseMore(op, more)
  if (requireTensor(op, weights).shape.length < 2)
    fail('ShapeMisfit', { op, expected: 'weights [in, out], or kernels [c, ...]', actual: showAval(weights) })
  const w = columnsOf(weights)
  const rank = w.shape.length
  const swapped = [...range(rank - 2), rank - 1, rank - 2]
  return sum(square(mul(matmul(transpose(w, swapped), w), sub(1, eye(w.shape[rank - 1] ?? 1)))))
}

export interface OrthogonalWeightsOptions {
  /** Weight of the penalty, at least 0; 1e-4 by default. */
  readonly beta?: number
}

/** Names of parameters that have a row a class, and no inputs. */
const tables: readonly unknown[] = ['scale', 'offset', 'classes']

/** Lists the weight matrices and kernels among parameters. */
const weightsIn = (params: unknown): readonly Tensor[] => {
  const { leaves, paths } = flattenWithPaths(params, 'Reg.orthogonalWeights')
  return leaves.filter(
    (leaf, i): leaf is Tensor => isTensor(leaf) && leaf.shape.length >= 2 && !tables.includes(paths[i]?.at(-1))
  )
}

/**
 * Keeps the columns of a player's weights at right angles, over its weight matrices and kernels, be it generator or
 * critic; biases, and tables of scales by class, are left out. Their lengths are free, which is what BigGAN changed
 * about Brock et al. (2017); BigGAN's code takes half of this gradient, so its 1e-4 is 5e-5 here.
 *
 * @formula beta sum over weights W of ||W'W o (1 - I)||_F²
 * @cost a product of each matrix with itself, whatever the minibatch
 * @when latents are to be truncated, which a generator of smooth weights stands better
 * @see Brock, Donahue, Simonyan, Large scale GAN training for high fidelity natural image synthesis (2019), equation
 * 3
 *
 * @example
 * import { Reg, tensor } from 'saddlepoint'
 * Reg.orthogonality(tensor([[2, 0], [0, 3]])).data // => [0]
 * Reg.orthogonality(tensor([[1, 1], [0, 1]])).data // => [2]
 */
export const orthogonalWeights = (options: OrthogonalWeightsOptions = {}, ...more: None): Objective => {
  const { all, problems } = readOptions({ beta: 1e-4 }, options, { beta: notNegative }, {}, more)
  return of(
    'orthogonalWeights',
    ({ moving }) => mul(all.beta, total(weightsIn(moving?.params ?? []).map((weights) => orthogonality(weights)))),
    { options: { ...all }, problems }
  )
}

import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import { showShape, equalShapes, range, sizeOf } from '../tensor/shape.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireTensor } from '../tensor/arguments.ts'
import type { Rules } from '../tensor/options.ts'
import { count, notNegative, optional, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { add, div, mul, sub } from './arithmetic.ts'
import { axesIn, axesRules, extentOf } from './axes.ts'
import { imageShape } from './images.ts'
import { floating } from './operands.ts'
import { meanOver, varianceOver } from './reduce.ts'
import { isTensor, showAval } from '../tensor/tensor.ts'
import { isRecord } from '../tensor/tree.ts'

/** Adds epsilon, which is added to the biased variance under the root (default 1e-5). */
export interface NormalizationOptions {
  readonly epsilon?: number
}

/** Says over which axes the statistics are taken. */
export interface StandardizeOptions extends NormalizationOptions {
  readonly axes?: readonly number[]
}

/**
 * Standardizes x: (x - mean) / √(variance + epsilon), with mean and variance over `axes` (all by default),
 * differentiated through.
 *
 * @example
 * import { standardize, tensor } from 'saddlepoint'
 * standardize(tensor([1, 2, 3]), { epsilon: 0 }).data // => [-1.2247449, 0, 1.2247449]
 */
export const standardize = (x: Tensor, options?: StandardizeOptions, ...more: None): Tensor => {
  refuseMore('standardize', more)
  const { axes, epsilon = 1e-5 } = requireOptions('standardize', options, standardizeRules)
  return standardized('standardize', x, axesIn('standardize', requireTensor('standardize', x), axes), epsilon)
}

const normalizationRules: Rules = { epsilon: optional(notNegative) }
const standardizeRules: Rules = { ...axesRules, ...normalizationRules }

const standardized = (op: string, x: Tensor, over: readonly number[], epsilon: number): Tensor => {
  const reduction = { over, keepDims: true }
  return div(sub(floating(op, x), meanOver(x, reduction)), o.sqrt(add(varianceOver(x, reduction, 0), epsilon)))
}

/** Scales and shifts x by tensors that have the extents of x's `axes`. */
const affine = (op: string, x: Tensor, axes: readonly number[], scale: Tensor, offset: Tensor): Tensor => {
  const shape = axes.map((axis) => extentOf(x.shape, axis))
  requireTensor(op, scale)
  requireTensor(op, offset)
  if (!equalShapes(scale.shape, shape) || !equalShapes(offset.shape, shape))
    fail('ShapeMisfit', {
      op,
      expected: `scale and offset ${showShape(shape)} for ${showAval(x)}`,
      actual: `${showAval(scale)} and ${showAval(offset)}`
    })
  const along = (y: Tensor): Tensor => o.broadcastInDim(floating(op, y), x.shape, axes)
  return o.add(o.mul(x, along(scale)), along(offset))
}

const channelAxis = (op: string, x: Tensor, more: readonly unknown[]): void => {
  refuseMore(op, more)
  if (requireTensor(op, x).shape.length < 2)
    fail('ShapeMisfit', { op, expected: 'a tensor [N, C, ...]', actual: showAval(x) })
}

/**
 * Applies layer normalization (Ba, Kiros and Hinton 2016): x standardized over `axes` (the last by default), times
 * `scale` plus `offset`, which have the extents of those axes.
 *
 * @throws ShapeMisfit where scale or offset do not fit
 *
 * @example
 * import { layerNorm, tensor, ones, zeros } from 'saddlepoint'
 * layerNorm(tensor([[1, 2, 3], [5, 5, 5]]), ones([3]), zeros([3])).data
 * // => [-1.224736, 0, 1.224736, 0, 0, 0]
 */
export const layerNorm = (
  x: Tensor,
  scale: Tensor,
  offset: Tensor,
  options?: StandardizeOptions,
  ...more: None
): Tensor => {
  refuseMore('layerNorm', more)
  const { axes = [-1], epsilon = 1e-5 } = requireOptions('layerNorm', options, standardizeRules)
  const over = axesIn('layerNorm', requireTensor('layerNorm', x), axes)
  return affine('layerNorm', standardized('layerNorm', x, over, epsilon), over, scale, offset)
}

/** Says into how many blocks the channels are split. */
export interface GroupNormOptions extends NormalizationOptions {
  readonly groups: number
}

const groupRules: Rules = { groups: count, ...normalizationRules }

/**
 * Applies group normalization (Wu and He 2018) to x [N, C, ...]: standardized over each block of C / groups channels
 * and all that follows, then scaled and shifted per channel.
 *
 * @throws ShapeMisfit where C is no multiple of groups, or scale and offset are not [C]
 *
 * @example
 * import { groupNorm, tensor, ones, zeros } from 'saddlepoint'
 * const x = tensor([1, 3, 10, 30], [1, 4])
 * groupNorm(x, ones([4]), zeros([4]), { groups: 2, epsilon: 0 }).data // => [-1, 1, -1, 1]
 */
export const groupNorm = (
  x: Tensor,
  scale: Tensor,
  offset: Tensor,
  options: GroupNormOptions,
  ...more: None
): Tensor => {
  channelAxis('groupNorm', x, more)
  const { groups, epsilon = 1e-5 } = requireOptions('groupNorm', options, groupRules)
  const [n = 1, c = 1, ...extents] = x.shape
  if (c % groups !== 0)
    fail('ShapeMisfit', {
      op: 'groupNorm',
      expected: `channels that are a multiple of ${String(groups)} groups`,
      actual: showAval(x)
    })
  const split = o.reshape(x, [n, groups, (c / groups) * sizeOf(extents)])
  const standard = o.reshape(standardized('groupNorm', split, [2], epsilon), x.shape)
  return affine('groupNorm', standard, [1], scale, offset)
}

/** Gives statistics [C] to normalize by, such as those of training; without them the batch's own are taken. */
export interface BatchNormOptions extends NormalizationOptions {
  readonly statistics?: { readonly mean: Tensor; readonly variance: Tensor }
}

const batchRules: Rules = {
  statistics: optional({
    expected: 'mean and variance, tensors [C]',
    accepts: (x) => isRecord(x) && isTensor(x['mean']) && isTensor(x['variance'])
  }),
  ...normalizationRules
}

/**
 * Applies batch normalization (Ioffe and Szegedy 2015) to x [N, C, ...]: standardized over all axes but 1, by the
 * batch's own statistics, which are differentiated through, or by given ones; then scaled and shifted per channel.
 *
 * @throws ShapeMisfit where scale and offset, or the statistics, are not [C]
 *
 * @example
 * import { batchNorm, tensor, ones, zeros } from 'saddlepoint'
 * const x = tensor([[1, 10], [3, 30]])
 * batchNorm(x, ones([2]), zeros([2]), { epsilon: 0 }).data // => [-1, -1, 1, 1]
 */
export const batchNorm = (
  x: Tensor,
  scale: Tensor,
  offset: Tensor,
  options?: BatchNormOptions,
  ...more: None
): Tensor => {
  channelAxis('batchNorm', x, more)
  const { statistics, epsilon = 1e-5 } = requireOptions('batchNorm', options, batchRules)
  const others = range(x.shape.length).filter((axis) => axis !== 1)
  if (statistics === undefined)
    return affine('batchNorm', standardized('batchNorm', x, others, epsilon), [1], scale, offset)
  const inverse = o.div(1, o.sqrt(add(statistics.variance, epsilon)))
  const standard = affine('batchNorm', x, [1], inverse, o.neg(mul(statistics.mean, inverse)))
  return affine('batchNorm', standard, [1], scale, offset)
}

/**
 * Applies instance normalization (Ulyanov, Vedaldi and Lempitsky 2016): every channel of every image of x [N, C, H, W]
 * standardized over its pixels.
 *
 * @example
 * import { instanceNorm, tensor } from 'saddlepoint'
 * instanceNorm(tensor([1, 3, 10, 30], [1, 2, 1, 2]), { epsilon: 0 }).data // => [-1, 1, -1, 1]
 */
export const instanceNorm = (x: Tensor, options?: NormalizationOptions, ...more: None): Tensor => {
  imageShape('instanceNorm', x, more)
  const { epsilon = 1e-5 } = requireOptions('instanceNorm', options, normalizationRules)
  return standardized('instanceNorm', x, [2, 3], epsilon)
}

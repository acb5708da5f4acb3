import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireArgument } from '../tensor/arguments.ts'
import { count } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { AxisOptions } from './axes.ts'
import { axisOption, extentOf, moving } from './axes.ts'
import type { Indices } from './indices.ts'
import { gatherAlong, permuted } from './gatherAlong.ts'
import { indicesBelow, marks } from './indices.ts'
import { showAval } from '../tensor/tensor.ts'

export type { Indices } from './indices.ts'

/**
 * Gathers the slices of x at these places along `axis`: the shape of x with the extent of that axis replaced by the
 * shape of `indices`. Cotangents of a slice that is taken several times add up.
 *
 * @throws InvalidArgument where an index is out of range; indices that are computed inside a trace cannot be checked, and
 * read 0 there
 *
 * @example
 * import { take, tensor } from 'saddlepoint'
 * take(tensor([[1, 2], [3, 4], [5, 6]]), [2, 0]).data // => [5, 6, 1, 2]
 * take(tensor([[1, 2], [3, 4]]), [1, 1, 0], { axis: 1 }).data // => [2, 2, 1, 4, 4, 3]
 */
export const take = (x: Tensor, indices: Indices, options?: AxisOptions, ...more: None): Tensor => {
  const place = axisOption('take', x, options, 0, more)
  const rank = x.shape.length
  const at = indicesBelow('take', indices, extentOf(x.shape, place))
  const rows = o.gather(permuted(x, moving(rank, place, 0)), o.reshape(at, [sizeOf(at.shape)]), 0)
  const [before, behind] = [x.shape.slice(0, place), x.shape.slice(place + 1)]
  // The rows stand in front; they go back to where the axis was.
  return o.reshape(permuted(rows, moving(rank, 0, place)), [...before, ...at.shape, ...behind])
}

/**
 * Gathers one element for each index: y[i, j] = x[i, indices[i, j]] for two axes and axis 1. `indices` has the shape of
 * x but for that axis.
 *
 * @throws ShapeMisfit where the other axes differ; InvalidArgument as for `take`
 *
 * @example
 * import { takeAlongAxis, tensor } from 'saddlepoint'
 * takeAlongAxis(tensor([[1, 2, 3], [4, 5, 6]]), [[2], [0]], { axis: 1 }).data // => [3, 4]
 */
export const takeAlongAxis = (x: Tensor, indices: Indices, options?: AxisOptions, ...more: None): Tensor => {
  const place = axisOption('takeAlongAxis', x, options, -1, more)
  const rank = x.shape.length
  const at = indicesBelow('takeAlongAxis', indices, extentOf(x.shape, place))
  if (at.shape.length !== rank || !at.shape.every((n, i) => i === place || n === x.shape[i]))
    fail('ShapeMisfit', {
      op: 'takeAlongAxis',
      expected: `indices of the shape of ${showAval(x)} but for axis ${String(place)}`,
      actual: showAval(at)
    })
  return gatherAlong(x, at, place)
}

/**
 * Encodes labels as float32 [..., depth]: 1 at each label's place and 0 elsewhere.
 *
 * @throws InvalidArgument where a label is out of range; labels that are computed inside a trace cannot be checked, and
 * give zeros there
 *
 * @example
 * import { oneHot } from 'saddlepoint'
 * oneHot([2, 0], 3).data // => [0, 0, 1, 1, 0, 0]
 */
export const oneHot = (labels: Indices, depth: number, ...more: None): Tensor => {
  refuseMore('oneHot', more)
  requireArgument('oneHot', 'depth', depth, count)
  const at = indicesBelow('oneHot', labels, depth)
  return o.convert(marks(at, depth, at.shape.length), 'float32')
}

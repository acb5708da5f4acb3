import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import type { Shape } from '../tensor/shape.ts'
import { broadcastShapes, showShape, equalShapes, range, sizeOf } from '../tensor/shape.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireArgument, requireShape, requireTensor } from '../tensor/arguments.ts'
import type { Rule } from '../tensor/options.ts'
import { requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { AxesOptions } from './axes.ts'
import { axesIn, axesRules, axisIn, wholes } from './axes.ts'
import type { Operand } from './operands.ts'
import { lift, spreadTo } from './operands.ts'
import { showAval } from '../tensor/tensor.ts'

const extents: Rule = { expected: 'a list of extents', accepts: (x) => Array.isArray(x) && x.every(Number.isInteger) }

/**
 * Returns the same elements, row-major, in another shape; one extent may be -1, which stands for what is left.
 *
 * @throws ShapeMisfit where the sizes differ
 *
 * @example
 * import { reshape, arange } from 'saddlepoint'
 * reshape(arange(6), [2, 3]).shape // => [2, 3]
 * reshape(arange(6), [3, -1]).shape // => [3, 2]
 */
export const reshape = (x: Operand, shape: Shape, ...more: None): Tensor => {
  const value = lift('reshape', x, more)
  requireArgument('reshape', 'shape', shape, extents)
  const known = shape.filter((n) => n !== -1)
  const rest = sizeOf(value.shape) / sizeOf(known)
  const open = shape.length - known.length
  const fits = open === 0 ? sizeOf(known) === sizeOf(value.shape) : open === 1 && Number.isInteger(rest)
  if (!fits || !known.every((n) => Number.isInteger(n) && n >= 0))
    fail('ShapeMisfit', {
      op: 'reshape',
      expected: `a shape of ${String(sizeOf(value.shape))} elements, with at most one -1`,
      actual: `${showShape(shape)} for ${showAval(value)}`
    })
  const target = shape.map((n) => (n === -1 ? rest : n))
  return equalShapes(target, value.shape) ? value : o.reshape(value, target)
}

/**
 * Permutes axes: axis i of the result is axis permutation[i] of x; without a permutation all axes are reversed.
 *
 * @throws InvalidArgument where it is no permutation of x's axes
 *
 * @example
 * import { transpose, tensor } from 'saddlepoint'
 * transpose(tensor([[1, 2, 3], [4, 5, 6]])).data // => [1, 4, 2, 5, 3, 6]
 * transpose(tensor([1, 2, 3, 4], [1, 2, 2]), [2, 0, 1]).shape // => [2, 1, 2]
 */
export const transpose = (x: Tensor, permutation?: readonly number[], ...more: None): Tensor => {
  refuseMore('transpose', more)
  requireTensor('transpose', x)
  const order = permutation === undefined ? range(x.shape.length).toReversed() : permutation
  requireArgument('transpose', 'permutation', order, wholes)
  const axes = order.map((axis) => axisIn('transpose', x, axis))
  if (new Set(axes).size !== x.shape.length || axes.length !== x.shape.length)
    fail('InvalidArgument', {
      op: 'transpose',
      expected: `a permutation of the ${String(x.shape.length)} axes`,
      actual: `${showShape(order)} for ${showAval(x)}`
    })
  return axes.every((axis, i) => axis === i) ? x : o.transpose(x, axes)
}

/**
 * Repeats x to `shape`, as NumPy broadcasts: new axes come in front, and extents of 1 grow.
 *
 * @throws ShapeMisfit where x does not broadcast to that shape
 *
 * @example
 * import { broadcastTo, tensor } from 'saddlepoint'
 * broadcastTo(tensor([[1], [2]]), [2, 3]).data // => [1, 1, 1, 2, 2, 2]
 */
export const broadcastTo = (x: Operand, shape: Shape, ...more: None): Tensor => {
  const value = lift('broadcastTo', x, more)
  requireShape('broadcastTo', shape)
  if (!equalShapes(broadcastShapes(value.shape, shape) ?? [-1], shape))
    fail('ShapeMisfit', {
      op: 'broadcastTo',
      expected: `a shape that broadcasts to ${showShape(shape)}`,
      actual: showAval(value)
    })
  return spreadTo(value, shape)
}

/**
 * Inserts axes of extent 1 at these places of the result.
 *
 * @throws InvalidArgument where a place does not exist
 *
 * @example
 * import { expandDims, tensor } from 'saddlepoint'
 * expandDims(tensor([1, 2]), { axes: [0] }).shape // => [1, 2]
 * expandDims(tensor([1, 2]), { axes: [0, -1] }).shape // => [1, 2, 1]
 */
export const expandDims = (x: Operand, options: Required<AxesOptions>, ...more: None): Tensor => {
  const value = lift('expandDims', x, more)
  const { axes: places } = requireOptions('expandDims', options, { axes: wholes })
  const rank = value.shape.length + places.length
  const added = axesIn('expandDims', value, places, rank)
  const kept = range(rank).filter((i) => !added.includes(i))
  return o.reshape(
    value,
    range(rank).map((i) => (added.includes(i) ? 1 : (value.shape[kept.indexOf(i)] ?? 1)))
  )
}

/**
 * Removes these axes, whose extents have to be 1; all axes of extent 1 where none are named.
 *
 * @throws ShapeMisfit where such an axis has another extent
 *
 * @example
 * import { squeeze, tensor } from 'saddlepoint'
 * squeeze(tensor([1, 2], [1, 2, 1])).shape // => [2]
 * squeeze(tensor([1, 2], [1, 2, 1]), { axes: [-1] }).shape // => [1, 2]
 */
export const squeeze = (x: Tensor, options?: AxesOptions, ...more: None): Tensor => {
  refuseMore('squeeze', more)
  requireTensor('squeeze', x)
  const { axes } = requireOptions('squeeze', options, axesRules)
  const gone = axes === undefined ? undefined : axesIn('squeeze', x, axes)
  const shape = x.shape.filter((extent, axis) => (gone === undefined ? extent !== 1 : !gone.includes(axis)))
  if (sizeOf(shape) !== sizeOf(x.shape) || gone?.some((axis) => x.shape[axis] !== 1) === true)
    fail('ShapeMisfit', {
      op: 'squeeze',
      expected: `extents of 1 at the axes [${(axes ?? []).join(', ')}]`,
      actual: showAval(x)
    })
  return equalShapes(shape, x.shape) ? x : o.reshape(x, shape)
}

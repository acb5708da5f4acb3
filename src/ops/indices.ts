import { o } from '../primitives/vocabulary.ts'
import { isNode } from '../program/node.ts'
import type { Data } from '../tensor/dtype.ts'
import { fail } from '../tensor/error.ts'
import { range } from '../tensor/shape.ts'
import type { Nested } from '../tensor/makeTensor.ts'
import { makeTensor } from '../tensor/makeTensor.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isTensor, showAval } from '../tensor/tensor.ts'

/** Names 0-based places along an axis: an int32 tensor, or whole numbers nested in arrays. */
export type Indices = Tensor | Nested

/**
 * Converts indices to an int32 tensor. Those whose numbers are known are checked against `extent`; others are not known
 * before the program runs, and read 0 out of range.
 */
export const indicesBelow = (op: string, indices: Indices, extent: number): Tensor => {
  if (!isTensor(indices)) requireBelow(op, makeTensor(indices, undefined, 'float32', true, op).data, extent)
  const tensor = isTensor(indices) ? indices : makeTensor(indices, undefined, 'int32')
  if (tensor.dtype !== 'int32')
    fail('DTypeMisfit', {
      op,
      expected: 'int32 indices',
      actual: showAval(tensor),
      hint: "Convert them first: convert(indices, 'int32')"
    })
  if (!isNode(tensor)) requireBelow(op, tensor.data, extent)
  return tensor
}

const requireBelow = (op: string, indices: Data, extent: number): void => {
  const outside = (indices as Float64Array).find((i) => !Number.isInteger(i) || i < 0 || i >= extent)
  if (outside !== undefined)
    fail('InvalidArgument', { op, expected: `indices from 0 to ${String(extent - 1)}`, actual: String(outside) })
}

/** Tests, along a new axis of extent `depth` at `place`, whether the index along it is the label (bool). */
export const marks = (labels: Tensor, depth: number, place: number): Tensor => {
  const shape = labels.shape.toSpliced(place, 0, depth)
  const spread = o.broadcastInDim(labels, shape, range(shape.length).toSpliced(place, 1))
  return o.compare(spread, o.iota(shape, place), 'eq')
}

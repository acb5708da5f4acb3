import { range } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Vocabulary } from '../../program/vocabulary.ts'

/** Batching rules that need no batched primitive: the new leading axis rides on another axis, and is split off again. */

/** Moves the axis at `from` to the front. */
export const toFront = (o: Vocabulary, x: Tensor, from: number): Tensor =>
  o.transpose(x, [from, ...range(x.shape.length).filter((axis) => axis !== from)])

/** Merges the leading axis of x [size, ...rest] into axis `into` of rest, as the slower of the two. */
export const mergeLeading = (o: Vocabulary, x: Tensor, into: number): Tensor => {
  const [size, ...rest] = x.shape
  const axes = range(rest.length).map((axis) => axis + 1)
  const beside = o.transpose(x, axes.toSpliced(into, 0, 0))
  return o.reshape(beside, rest.with(into, size! * rest[into]!))
}

/** Undoes mergeLeading: splits axis `from` into [size, rest] and moves size to the front. */
export const splitLeading = (o: Vocabulary, x: Tensor, from: number, size: number): Tensor =>
  toFront(o, o.reshape(x, x.shape.toSpliced(from, 1, size, x.shape[from]! / size)), from)

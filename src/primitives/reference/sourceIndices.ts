import { sizeOf } from '../../tensor/shape.ts'

/** For each element of a row-major array of `shape`, the offset that `strides` (and a start) give its indices. */
export const sourceIndices = (shape: readonly number[], strides: readonly number[], start = 0): Int32Array => {
  const source = new Int32Array(sizeOf(shape))
  source[0] = start
  let filled = source.length > 0 ? 1 : 0
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const block = filled
    for (let k = 1; k < shape[axis]!; k++)
      for (let i = 0; i < block; i++) source[filled++] = source[i]! + k * strides[axis]!
  }
  return source
}

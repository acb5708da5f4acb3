/** Lists the extents of a tensor's axes, row-major; `[]` is a scalar. Every extent is a non-negative integer. */
export type Shape = readonly number[]

/** Counts the elements of a shape. */
export const sizeOf = (shape: Shape): number => {
  let size = 1
  for (const extent of shape) size *= extent
  return size
}

/** Returns strides: the elements between neighbours along each axis in row-major order. */
export const stridesOf = (shape: Shape): readonly number[] => {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis]!
  }
  return strides
}

export const equalShapes = (a: Shape, b: Shape): boolean => {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false
  return true
}

/** Broadcasts two shapes as NumPy does; undefined where they do not fit. */
export const broadcastShapes = (a: Shape, b: Shape): Shape | undefined => {
  const rank = Math.max(a.length, b.length)
  const result = new Array<number>(rank)
  for (let i = 0; i < rank; i++) {
    const m = a[a.length - rank + i] ?? 1
    const n = b[b.length - rank + i] ?? 1
    if (m !== n && m !== 1 && n !== 1) return undefined
    result[i] = m === 1 ? n : m
  }
  return result
}

/** Counts `axis` from the front (-1 is the last); undefined where it is not an axis of a tensor of that rank. */
export const axisOf = (axis: number, rank: number): number | undefined =>
  Number.isInteger(axis) && axis >= -rank && axis < rank ? (axis + rank) % rank : undefined

/** Counts 0, 1, ..., n - 1. */
export const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i)

/** Shows a shape: `[2, 3]`. */
export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`

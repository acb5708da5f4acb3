import type { Shape } from './shape.ts'
import { stridesOf } from './shape.ts'

/**
 * Says where the elements of an array lie in a buffer: the one at index i at `start` + the sum of i[axis] * strides[axis],
 * counted in elements.
 */
export interface Strided {
  readonly start: number
  readonly strides: readonly number[]
}

/** Lays an array of `shape` out row-major from the start of its buffer. */
export const rowMajor = (shape: Shape): Strided => ({ start: 0, strides: stridesOf(shape) })

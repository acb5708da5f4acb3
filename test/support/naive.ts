import { expect } from 'vitest'
import { errorAgainst } from '../../src/tensor/compare.ts'
import type { DType } from '../../src/tensor/dtype.ts'
import type { Shape } from '../../src/tensor/shape.ts'
import { sizeOf } from '../../src/tensor/shape.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { drawsFrom, drawTensor } from './draws.ts'

/** Tensors as formulas over indices: what evaluations are held against. */

export type Index = readonly number[]

/** All indices of a shape, in row-major order. */
export const indicesOf = (shape: Shape): readonly Index[] =>
  shape.reduce<readonly Index[]>(
    (all, extent) => all.flatMap((index) => Array.from({ length: extent }, (_, i) => [...index, i])),
    [[]]
  )

const isInside = (x: Tensor, index: Index): boolean =>
  index.length === x.shape.length && x.shape.every((extent, axis) => index[axis]! >= 0 && index[axis]! < extent)

/** The element at an index. */
export const at = (x: Tensor, index: Index): number => {
  if (!isInside(x, index)) throw new Error(`[${index.join()}] is no index of [${x.shape.join()}]`)
  return x.data[x.shape.reduce((sum, extent, axis) => sum * extent + index[axis]!, 0)]!
}

/** The same, 0 outside. */
export const orZero = (x: Tensor, index: Index): number => (isInside(x, index) ? at(x, index) : 0)

/** Doubles (or integers) that repeat nowhere, the same at every call. */
export const sample = (shape: Shape, dtype: DType = 'float32', seed = 1): Tensor => {
  const d = drawsFrom(seed)
  return drawTensor(
    shape,
    () => (dtype === 'float32' ? d.real(-1, 1) : dtype === 'int32' ? d.int(-1e9, 1e9) : d.int(0, 1)),
    dtype
  )
}

/** x is the tensor of that shape whose elements the formula gives. */
export const expectFormula = (
  x: Tensor,
  shape: Shape,
  formula: (...index: number[]) => number,
  tolerance = 0
): void => {
  expect(x.shape).toEqual(shape)
  expect(x.data.length).toBe(sizeOf(shape))
  const expected = indicesOf(shape).map((index) => formula(...index))
  expect(errorAgainst(x.data, expected)).toBeLessThanOrEqual(tolerance)
}

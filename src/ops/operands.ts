import { o } from '../primitives/vocabulary.ts'
import type { BinaryOp } from '../program/vocabulary.ts'
import type { DType } from '../tensor/dtype.ts'
import { misfitOf } from '../tensor/dtype.ts'
import { fail } from '../tensor/error.ts'
import type { Shape } from '../tensor/shape.ts'
import { broadcastShapes, equalShapes } from '../tensor/shape.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'

/**
 * Names what arithmetic accepts: a tensor, or a number, which takes the dtype of the tensor beside it and is a float32
 * scalar alone.
 */
export type Operand = Tensor | number

export const lift = (x: Operand): Tensor => (typeof x === 'number' ? o.full([], x) : x)

/** Returns the tensor if it is float32, and fails otherwise. */
export const floating = (op: string, x: Operand): Tensor => {
  const tensor = lift(x)
  if (tensor.dtype !== 'float32')
    fail('DTypeMisfit', {
      op,
      expected: 'a float32 tensor',
      actual: showAval(tensor),
      hint: "Convert it first: convert(x, 'float32')"
    })
  return tensor
}

export const boolean = (op: string, x: Tensor): Tensor => {
  if (x.dtype !== 'bool')
    fail('DTypeMisfit', {
      op,
      expected: 'a bool tensor',
      actual: showAval(x),
      hint: 'Compare it first: notEqual(x, 0)'
    })
  return x
}

/** Repeats `x` to `shape`: its axes are the last ones, and extents of 1 grow. The caller knows that it fits. */
export const spreadTo = (x: Tensor, shape: Shape): Tensor =>
  equalShapes(x.shape, shape)
    ? x
    : o.broadcastInDim(
        x,
        shape,
        x.shape.map((_, i) => shape.length - x.shape.length + i)
      )

/** Returns the shape that all broadcast to, as in NumPy. */
export const commonShape = (op: string, operands: readonly Aval[]): Shape =>
  operands.reduce<Shape>(
    (shape, x) =>
      broadcastShapes(shape, x.shape) ??
      fail('ShapeMisfit', {
        op,
        expected: 'shapes that broadcast: extents equal or 1, counted from the last axis',
        actual: operands.map(showAval).join(' and ')
      }),
    []
  )

const sameDType = (op: string, x: Tensor, y: Tensor): void => {
  if (x.dtype !== y.dtype)
    fail('DTypeMisfit', {
      op,
      expected: 'operands of one dtype',
      actual: `${showAval(x)} and ${showAval(y)}`,
      hint: `Convert one of them: convert(x, '${x.dtype === 'float32' ? x.dtype : y.dtype}')`
    })
}

/** Extends an elementwise primitive of two operands to operands that broadcast and numbers that lift. */
export const broadcastTwo = (op: string, apply: BinaryOp, x: Operand, y: Operand): Tensor => {
  if (typeof y === 'number') return apply(lift(x), y)
  if (typeof x === 'number') return apply(x, y)
  sameDType(op, x, y)
  const shape = commonShape(op, [x, y])
  return apply(spreadTo(x, shape), spreadTo(y, shape))
}

/** Brings both branches of a choice to one dtype, as tensors; a number takes the dtype of the other branch. */
export const pairUp = (op: string, x: Operand, y: Operand): readonly [Tensor, Tensor] => {
  const number = (value: number, dtype: DType): Tensor => {
    const expected = misfitOf(dtype, value)
    return expected === undefined
      ? o.full([], value, dtype)
      : fail('DTypeMisfit', { op, expected: `${expected} to go with ${dtype}`, actual: String(value) })
  }
  const a = typeof x === 'number' ? number(x, typeof y === 'number' ? 'float32' : y.dtype) : x
  const b = typeof y === 'number' ? number(y, a.dtype) : y
  sameDType(op, a, b)
  return [a, b]
}

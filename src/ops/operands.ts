import { o } from '../primitives/vocabulary.ts'
import type { BinaryOp } from '../program/vocabulary.ts'
import { refuseMore, requireTensor } from '../tensor/arguments.ts'
import type { DType } from '../tensor/dtype.ts'
import { misfitOf } from '../tensor/dtype.ts'
import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import type { Shape } from '../tensor/shape.ts'
import { broadcastShapes, equalShapes } from '../tensor/shape.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import { isTensor, showAval } from '../tensor/tensor.ts'

/**
 * Names what arithmetic accepts: a tensor, or a number, which takes the dtype of the tensor beside it and is a float32
 * scalar alone.
 */
export type Operand = Tensor | number

/** Accepts an operand as an option. */
export const operandRule: Rule = {
  expected: 'a number or a tensor',
  accepts: (x) => typeof x === 'number' || isTensor(x)
}

/** Returns an operand, or fails for what is neither a tensor nor a number. */
const operand = (op: string, x: Operand): Operand =>
  typeof x === 'number' ? x : requireTensor(op, x, 'a tensor or a number')

const none: readonly unknown[] = []

/** Converts the operand of an op to a tensor; `more` are arguments beyond those that the op takes. */
export const lift = (op: string, x: Operand, more = none): Tensor => {
  refuseMore(op, more)
  return typeof x === 'number' ? o.full([], x) : requireTensor(op, x, 'a tensor or a number')
}

/** Returns the tensor if it is float32, and fails otherwise. */
export const floating = (op: string, x: Operand, more = none): Tensor => {
  const tensor = lift(op, x, more)
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
  if (requireTensor(op, x).dtype !== 'bool')
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
export const broadcastTwo = (op: string, apply: BinaryOp, x: Operand, y: Operand, more = none): Tensor => {
  const b = operand(op, y)
  if (typeof b === 'number') return apply(lift(op, x, more), b)
  refuseMore(op, more)
  const a = operand(op, x)
  if (typeof a === 'number') return apply(a, b)
  sameDType(op, a, b)
  if (equalShapes(a.shape, b.shape)) return apply(a, b)
  const shape = commonShape(op, [a, b])
  return apply(spreadTo(a, shape), spreadTo(b, shape))
}

/** Brings both branches of a choice to one dtype, as tensors; a number takes the dtype of the other branch. */
export const pairUp = (op: string, x: Operand, y: Operand): readonly [Tensor, Tensor] => {
  const number = (value: number, dtype: DType): Tensor => {
    const expected = misfitOf(dtype, value)
    return expected === undefined
      ? o.full([], value, dtype)
      : fail('DTypeMisfit', { op, expected: `${expected} to go with ${dtype}`, actual: String(value) })
  }
  const [left, right] = [operand(op, x), operand(op, y)]
  const a = typeof left === 'number' ? number(left, typeof right === 'number' ? 'float32' : right.dtype) : left
  const b = typeof right === 'number' ? number(right, a.dtype) : right
  sameDType(op, a, b)
  return [a, b]
}

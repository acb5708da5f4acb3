import { isNode } from '../../program/node.ts'
import type { AnyPrimitive } from '../../program/primitive.ts'
import type { Vocabulary } from '../../program/vocabulary.ts'
import type { DType } from '../../tensor/dtype.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { literalValue } from './literal.ts'

/**
 * Whether a number computed in double precision is what single precision makes of it, but for rounding: an overflow, an
 * underflow or a digit that decides a comparison is not.
 */
export const agrees = (double: number, single: number): boolean => {
  const rounded = Math.fround(double)
  if (Object.is(rounded, single)) return true
  const [low, high] = [Math.abs(rounded), Math.abs(single)].sort((a, b) => a - b) as [number, number]
  return low >= 2 ** -126 && high < Infinity && Math.abs(rounded - single) <= 1e-5 * high
}

/**
 * Computes `f` of operands that are all literals while tracing, in double, as a literal; undefined for others, and where
 * single precision would come to something else.
 */
export const fold = (
  o: Vocabulary,
  operands: readonly Tensor[],
  f: (...values: number[]) => number,
  dtype: DType = operands[0]!.dtype
): Tensor | undefined => {
  const values: number[] = []
  for (const operand of operands) {
    const value = literalValue(operand)
    if (value === undefined) return undefined
    values.push(value)
  }
  const value = f(...values)
  const single = f(...values.map(Math.fround))
  const rounds = operands[0]!.dtype === 'float32'
  if (rounds && !(dtype === 'float32' ? agrees(value, Math.fround(single)) : value === single)) return undefined
  return o.full(operands[0]!.shape, dtype === 'int32' ? value | 0 : value, dtype)
}

/** Returns what `primitive` was applied to, where x is its result. */
export const operandOf = (primitive: AnyPrimitive, x: Tensor): Tensor | undefined =>
  isNode(x) && x.primitive === primitive ? x.operands[0] : undefined

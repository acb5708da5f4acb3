import { isNode } from '../../program/node.ts'
import type { AnyPrimitive } from '../../program/primitive.ts'
import type { Vocabulary } from '../../program/vocabulary.ts'
import type { DType } from '../../tensor/dtype.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { literalValue } from './literal.ts'

/** `f` of operands that are all literals, as a literal: computed while tracing, in double. undefined for others. */
export const fold = (
  o: Vocabulary,
  operands: readonly Tensor[],
  f: (...values: number[]) => number,
  dtype: DType = operands[0]!.dtype
): Tensor | undefined => {
  const values = operands.map(literalValue)
  if (!values.every((value) => value !== undefined)) return undefined
  const value = f(...values)
  return o.full(operands[0]!.shape, dtype === 'int32' ? value | 0 : value, dtype)
}

/** What `primitive` was applied to, where x is its result. */
export const operandOf = (primitive: AnyPrimitive, x: Tensor): Tensor | undefined =>
  isNode(x) && x.primitive === primitive ? x.operands[0] : undefined

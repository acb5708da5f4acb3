import { agrees } from '../../primitives/rules/fold.ts'
import { literalValue } from '../../primitives/rules/literal.ts'
import { o } from '../../primitives/vocabulary.ts'
import { constant } from '../../program/leaves.ts'
import type { Node } from '../../program/node.ts'
import type { Data, Precision } from '../../tensor/dtype.ts'
import { allocate } from '../../tensor/dtype.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Rewrite } from './rewrite.ts'

/** Elements up to which a value is worth keeping instead of computing. */
const small = 256

/** The numbers of a node that no input changes, if they are few. */
const numbersOf = (node: Node): Data | undefined => {
  const value = literalValue(node)
  if (sizeOf(node.shape) > small) return undefined
  if (value !== undefined) return allocate(node.dtype, sizeOf(node.shape), 'float64').fill(value)
  return node.primitive === constant ? (node.params['tensor'] as Tensor).data : undefined
}

const isUniform = (data: Data): boolean => data.length > 0 && data.every((value) => Object.is(value, data[0]))

/** Computes small values that depend on no input now, in double, where single precision comes to the same. */
export const foldConstants: Rewrite = ({ primitive, params, shape, dtype }, operands) => {
  if (operands.length === 0) return undefined
  const uniform = primitive.elementwise === true && operands.every((x) => literalValue(x) !== undefined)
  // A number everywhere is computed once, whatever the size.
  const avals = uniform ? operands.map((x) => ({ shape: [], dtype: x.dtype })) : operands
  const result = { shape: uniform ? [] : shape, dtype }
  const size = sizeOf(result.shape)
  if (size > small) return undefined
  const inputs = uniform
    ? operands.map((x) => allocate(x.dtype, 1, 'float64').fill(literalValue(x)!))
    : operands.map(numbersOf)
  if (inputs.includes(undefined)) return undefined
  // What is repeated takes less room than its repetition.
  if (primitive.name === 'broadcastInDim' && size > sizeOf(operands[0]!.shape)) return undefined
  const evaluate = (precision: Precision): Data => {
    const rounded = inputs.map((x) => (x instanceof Float64Array && precision === 'float32' ? Float32Array.from(x) : x))
    const made = allocate(dtype, size, precision)
    primitive.evaluate(avals, result, params)(rounded as Data[], made)
    return made
  }
  const [data, single] = [evaluate('float64'), evaluate('float32')]
  if (!data.every((value, i) => agrees(value, single[i]!))) return undefined
  if (isUniform(data)) return o.full(shape, data[0]!, dtype)
  return size === 0 ? undefined : { shape, dtype, data }
}

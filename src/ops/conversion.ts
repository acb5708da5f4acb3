import { o } from '../primitives/vocabulary.ts'
import type { DType } from '../tensor/dtype.ts'
import type { None } from '../tensor/arguments.ts'
import { requireDType } from '../tensor/arguments.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Operand } from './operands.ts'
import { lift } from './operands.ts'

/**
 * Converts x to another dtype: float32 to int32 truncates towards 0, bool becomes 0 and 1, and whatever is not 0
 * becomes true. No derivative flows through int32 or bool.
 *
 * @example
 * import { convert, tensor } from 'saddlepoint'
 * convert(tensor([1.7, -1.7, 0]), 'int32').data // => [1, -1, 0]
 * convert(tensor([1.7, -1.7, 0]), 'bool').data // => [1, 1, 0]
 */
export const convert = (x: Operand, dtype: DType, ...more: None): Tensor => {
  const value = lift('convert', x, more)
  return value.dtype === requireDType('convert', dtype) ? value : o.convert(value, dtype)
}

/**
 * Returns x as a constant for every derivative, of whatever order and around whatever function.
 *
 * @example
 * import { stopGradient, grad, mul, tensor } from 'saddlepoint'
 * grad((x) => mul(x, stopGradient(x)))(tensor(3)).data // => [3]
 */
export const stopGradient = (x: Operand, ...more: None): Tensor => o.stopGradient(lift('stopGradient', x, more))

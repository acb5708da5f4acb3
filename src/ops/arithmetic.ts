import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import type { None } from '../tensor/arguments.ts'
import type { Rule } from '../tensor/options.ts'
import { optional, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Operand } from './operands.ts'
import { broadcastTwo, floating, lift } from './operands.ts'

export type { Operand } from './operands.ts'

/**
 * Adds x and y, elementwise. Shapes broadcast as in NumPy; float32 or int32, which wraps around.
 *
 * @throws ShapeMisfit where the shapes do not broadcast; DTypeMisfit where the dtypes differ
 *
 * @example
 * import { add, tensor } from 'saddlepoint'
 * add(tensor([[1, 2], [3, 4]]), tensor([10, 20])).data // => [11, 22, 13, 24]
 * add(tensor([1, 2]), 0.5).data // => [1.5, 2.5]
 */
export const add = (x: Operand, y: Operand, ...more: None): Tensor => broadcastTwo('add', o.add, x, y, more)

/**
 * Subtracts y from x, elementwise; broadcasts and throws as `add` does.
 *
 * @example
 * import { sub, tensor } from 'saddlepoint'
 * sub(1, tensor([1, 2])).data // => [0, -1]
 */
export const sub = (x: Operand, y: Operand, ...more: None): Tensor => broadcastTwo('sub', o.sub, x, y, more)

/**
 * Multiplies x and y, elementwise; broadcasts and throws as `add` does.
 *
 * @example
 * import { mul, tensor } from 'saddlepoint'
 * mul(tensor([[1], [2]]), tensor([3, 4])).data // => [3, 4, 6, 8]
 */
export const mul = (x: Operand, y: Operand, ...more: None): Tensor => broadcastTwo('mul', o.mul, x, y, more)

/**
 * Divides x by y, elementwise, float32; broadcasts and throws as `add` does.
 *
 * @example
 * import { div, tensor } from 'saddlepoint'
 * div(tensor([1, 2]), 4).data // => [0.25, 0.5]
 */
export const div = (x: Operand, y: Operand, ...more: None): Tensor => broadcastTwo('div', o.div, x, y, more)

/**
 * Takes the larger of x and y, elementwise; broadcasts and throws as `add` does. A tie gives half the derivative to
 * each, and NaN wins.
 *
 * @example
 * import { max, tensor } from 'saddlepoint'
 * max(tensor([-1, 2]), 0).data // => [0, 2]
 */
export const max = (x: Operand, y: Operand, ...more: None): Tensor => broadcastTwo('max', o.max, x, y, more)

/**
 * Takes the smaller of x and y, elementwise; ties and NaN as in `max`.
 *
 * @example
 * import { min, tensor } from 'saddlepoint'
 * min(tensor([-1, 2]), tensor([3, 1])).data // => [-1, 1]
 */
export const min = (x: Operand, y: Operand, ...more: None): Tensor => broadcastTwo('min', o.min, x, y, more)

/** Bounds the whole exponents that are multiplied out, which is exact at 0 and for negative bases on every device. */
const largestMultipliedOut = 32

const wholePower = (x: Tensor, n: number): Tensor => {
  if (n === 1) return x
  const half = wholePower(x, Math.floor(n / 2))
  return n % 2 === 0 ? o.mul(half, half) : o.mul(o.mul(half, half), x)
}

/**
 * Raises x to the power of `exponent`, elementwise, float32. A whole number as exponent accepts any base; any other one
 * needs bases of at least 0, and gives NaN elsewhere.
 *
 * @throws ShapeMisfit where the shapes do not broadcast
 *
 * @example
 * import { pow, tensor } from 'saddlepoint'
 * pow(tensor([-2, 3]), 3).data // => [-8, 27]
 * pow(tensor([4, 9]), 0.5).data // => [2, 3]
 */
export const pow = (x: Operand, exponent: Operand, ...more: None): Tensor => {
  if (typeof exponent !== 'number') return broadcastTwo('pow', o.pow, x, exponent, more)
  const base = floating('pow', x, more)
  if (exponent === 0) return o.full(base.shape, 1)
  if (exponent === 0.5) return o.sqrt(base)
  if (exponent === -1) return o.div(1, base)
  // A quotient by a product of factors would have the slope 0 / 0 at 0 and at infinity.
  const isMultipliedOut = Number.isInteger(exponent) && exponent > 0 && exponent <= largestMultipliedOut
  return isMultipliedOut ? wholePower(base, exponent) : o.pow(base, exponent)
}

/**
 * Negates x, elementwise.
 *
 * @example
 * import { neg, tensor } from 'saddlepoint'
 * neg(tensor([1, -2])).data // => [-1, 2]
 */
export const neg = (x: Operand, ...more: None): Tensor => o.neg(lift('neg', x, more))

/**
 * Computes |x|, elementwise. Its derivative at 0 is 0.
 *
 * @example
 * import { abs, tensor } from 'saddlepoint'
 * abs(tensor([1, -2])).data // => [1, 2]
 */
export const abs = (x: Operand, ...more: None): Tensor => o.abs(lift('abs', x, more))

/**
 * Computes the sign of x, elementwise: -1, 0 or 1. Its derivative is 0 everywhere.
 *
 * @example
 * import { sign, tensor } from 'saddlepoint'
 * sign(tensor([3, 0, -2])).data // => [1, 0, -1]
 */
export const sign = (x: Operand, ...more: None): Tensor => o.sign(lift('sign', x, more))

/**
 * Rounds down: the largest whole number that is not above x, elementwise. Its derivative is 0 everywhere.
 *
 * @example
 * import { floor, tensor } from 'saddlepoint'
 * floor(tensor([1.5, -1.5])).data // => [1, -2]
 */
export const floor = (x: Operand, ...more: None): Tensor => o.floor(lift('floor', x, more))

/**
 * Rounds up: the smallest whole number that is not below x, elementwise. Its derivative is 0 everywhere.
 *
 * @example
 * import { ceil, tensor } from 'saddlepoint'
 * ceil(tensor([1.5, -1.5])).data // => [2, -1]
 */
export const ceil = (x: Operand, ...more: None): Tensor => o.neg(o.floor(o.neg(lift('ceil', x, more))))

/**
 * Squares x, elementwise.
 *
 * @example
 * import { square, tensor } from 'saddlepoint'
 * square(tensor([3, -4])).data // => [9, 16]
 */
export const square = (x: Operand, ...more: None): Tensor => {
  const base = lift('square', x, more)
  return o.mul(base, base)
}

/**
 * Computes 1 / x, elementwise.
 *
 * @example
 * import { reciprocal, tensor } from 'saddlepoint'
 * reciprocal(tensor([2, -4])).data // => [0.5, -0.25]
 */
export const reciprocal = (x: Operand, ...more: None): Tensor => o.div(1, floating('reciprocal', x, more))

/** Bounds `clamp` from below and above; either may be left out. */
export interface ClampOptions {
  readonly min?: number
  readonly max?: number
}

const bound: Rule = { expected: 'a number', accepts: (x) => typeof x === 'number' && !Number.isNaN(x) }
const clampRules = { min: optional(bound), max: optional(bound) }

/**
 * Clamps x, elementwise: x where it lies within the bounds, else the bound it passed. At a bound itself the derivative
 * is 1, as in PyTorch; NaN stays NaN.
 *
 * @throws InvalidArgument where min is above max
 *
 * @example
 * import { clamp, tensor } from 'saddlepoint'
 * clamp(tensor([-2, 0.5, 2]), { min: -1, max: 1 }).data // => [-1, 0.5, 1]
 */
export const clamp = (x: Operand, options: ClampOptions, ...more: None): Tensor => {
  const value = lift('clamp', x, more)
  const { min: low, max: high } = requireOptions('clamp', options, clampRules)
  if (low !== undefined && high !== undefined && !(low <= high))
    fail('InvalidArgument', {
      op: 'clamp',
      expected: 'min up to max',
      actual: `min ${String(low)}, max ${String(high)}`
    })
  const raised = low === undefined ? value : o.select(o.compare(value, low, 'lt'), low, value)
  return high === undefined ? raised : o.select(o.compare(value, high, 'gt'), high, raised)
}

import type { Shape } from '../../../src/tensor/shape.ts'
import { sizeOf } from '../../../src/tensor/shape.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import type { BinaryName, IntegerName } from '../../../src/nest/functions.ts'
import type { Nest } from '../../../src/nest/nest.ts'

/** The least and the greatest value that an integer expression can take. */
export interface Range {
  readonly low: number
  readonly high: number
  /**
   * Whether the values are truncated floats, all of which float32 holds although they may lie beyond the exact integers.
   * 2147483647, which is no float32, is held as 2^31; its order and its conversion to float are the same.
   */
  readonly truncated?: boolean
}

/** The largest integer up to which float32, in which gpu.js keeps all numbers, has every integer. */
export const exactIntegers = 2 ** 24

/** The range that integers must lie in when they are uploaded. */
export const exactRange: Range = { low: -exactIntegers, high: exactIntegers }

/** Tells whether float32 has every integer of the range. */
export const isExact = ({ low, high }: Range): boolean => low >= -exactIntegers && high <= exactIntegers

/** Tells whether float32 has every value that the range stands for. */
export const isHeld = (range: Range): boolean => isExact(range) || range.truncated === true

const truncation: Range = { low: -(2 ** 31), high: 2 ** 31 - 1, truncated: true }
const anything: Range = { low: -Infinity, high: Infinity }
const only = (value: number): Range => ({ low: value, high: value })
const spanOf = (...values: readonly number[]): Range => ({ low: Math.min(...values), high: Math.max(...values) })

/** Marks a range whose values are each one of x's or of y's as truncated where both are held. */
const either = (range: Range, x: Range, y: Range): Range =>
  isHeld(x) && isHeld(y) && !isExact(range) ? { ...range, truncated: true } : range

type Combine = (x: Range, y: Range) => Range

/** Bounds a division by a positive literal, the only kind that index arithmetic has. */
const byDivisor =
  (f: (x: Range, divisor: number) => Range): Combine =>
  (x, y) =>
    y.low === y.high && y.low > 0 ? f(x, y.low) : anything

const combined: Readonly<Partial<Record<BinaryName | IntegerName, Combine>>> = {
  add: (x, y) => ({ low: x.low + y.low, high: x.high + y.high }),
  sub: (x, y) => ({ low: x.low - y.high, high: x.high - y.low }),
  mul: (x, y) => spanOf(x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high),
  floorDivide: byDivisor((x, n) => ({ low: Math.floor(x.low / n), high: Math.floor(x.high / n) })),
  modulo: byDivisor((x, n) => (x.low >= 0 && x.high < n ? x : { low: 0, high: n - 1 }))
}

const chosen: Readonly<Partial<Record<BinaryName | IntegerName, Combine>>> = {
  max: (x, y) => ({ low: Math.max(x.low, y.low), high: Math.max(x.high, y.high) }),
  min: (x, y) => ({ low: Math.min(x.low, y.low), high: Math.min(x.high, y.high) })
}

/** Bounds int32 and bool expressions, where axis i runs below extents[i] and int32 operand n lies in operands[n]. */
export const rangesOf = (extents: Shape, operands: readonly Range[]): ((e: Scalar) => Range) => {
  const known = new Map<Scalar, Range>()
  const find = (e: Scalar): Range => {
    if (e.dtype === 'float32') return anything
    switch (e.kind) {
      case 'literal':
        return only(e.value)
      case 'axis':
        return { low: 0, high: extents[e.axis]! - 1 }
      case 'load':
        return e.dtype === 'bool' ? { low: 0, high: 1 } : operands[e.operand]!
      case 'compare':
        return { low: 0, high: 1 }
      case 'convert':
        return e.dtype === 'bool' ? { low: 0, high: 1 } : e.x.dtype === 'float32' ? truncation : of(e.x)
      case 'select': {
        const [x, y] = [of(e.x), of(e.y)]
        return either(spanOf(x.low, x.high, y.low, y.high), x, y)
      }
      case 'unary': {
        const { low, high } = of(e.x)
        if (e.name !== 'sign' && !isExact(of(e.x))) return anything
        if (e.name === 'neg') return spanOf(-low, -high)
        if (e.name === 'abs') return low >= 0 ? { low, high } : spanOf(0, -low, high)
        return e.name === 'sign' ? { low: -1, high: 1 } : anything
      }
      case 'binary': {
        const [x, y] = [of(e.x), of(e.y)]
        const choose = chosen[e.name]
        if (choose !== undefined) return either(choose(x, y), x, y)
        return isExact(x) && isExact(y) ? (combined[e.name]?.(x, y) ?? anything) : anything
      }
    }
  }
  const of = (e: Scalar): Range => {
    const range = known.get(e) ?? find(e)
    known.set(e, range)
    return range
  }
  return of
}

/** Bounds an int32 result of the nest, given the bounds of its int32 operands. */
export const rangeOfResult = ({ domain, body, reduction }: Nest, operands: readonly Range[]): Range => {
  const { extents, combine } = reduction ?? { extents: [], combine: 'max' }
  const range = rangesOf([...domain, ...extents], operands)(body)
  if (combine === 'max') return range
  const terms = sizeOf(extents)
  return isExact(range) ? { low: range.low * terms, high: range.high * terms } : anything
}

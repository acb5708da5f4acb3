import type { Shape } from '../../src/tensor/shape.ts'
import type { BinaryName, IntegerName, Scalar } from '../nest/expression.ts'
import type { KernelOperand } from './kernel.ts'

/** The least and the greatest value that an integer expression can take. */
export interface Range {
  readonly low: number
  readonly high: number
}

/** gpu.js keeps numbers in float32, which has every integer up to here. */
export const exactIntegers = 2 ** 24

export const isExact = ({ low, high }: Range): boolean => low >= -exactIntegers && high <= exactIntegers

const anything: Range = { low: -Infinity, high: Infinity }
const only = (value: number): Range => ({ low: value, high: value })
const spanOf = (...values: readonly number[]): Range => ({ low: Math.min(...values), high: Math.max(...values) })

type Combine = (x: Range, y: Range) => Range

/** Divisions are known by a positive literal alone: that is what index arithmetic has. */
const byDivisor =
  (f: (x: Range, divisor: number) => Range): Combine =>
  (x, y) =>
    y.low === y.high && y.low > 0 ? f(x, y.low) : anything

const combined: Readonly<Partial<Record<BinaryName | IntegerName, Combine>>> = {
  add: (x, y) => ({ low: x.low + y.low, high: x.high + y.high }),
  sub: (x, y) => ({ low: x.low - y.high, high: x.high - y.low }),
  mul: (x, y) => spanOf(x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high),
  max: (x, y) => ({ low: Math.max(x.low, y.low), high: Math.max(x.high, y.high) }),
  min: (x, y) => ({ low: Math.min(x.low, y.low), high: Math.min(x.high, y.high) }),
  floorDivide: byDivisor((x, n) => ({ low: Math.floor(x.low / n), high: Math.floor(x.high / n) })),
  modulo: byDivisor((x, n) => (x.low >= 0 && x.high < n ? x : { low: 0, high: n - 1 }))
}

/**
 * Ranges of int32 and bool expressions where axis i runs below extents[i]. An int32 that is loaded lies within the exact
 * integers: whoever uploads it has to see to that.
 */
export const rangesOf = (extents: Shape, operands: readonly KernelOperand[]): ((e: Scalar) => Range) => {
  const known = new Map<Scalar, Range>()
  const find = (e: Scalar): Range => {
    if (e.dtype === 'float32') return anything
    switch (e.kind) {
      case 'literal':
        return only(e.value)
      case 'axis':
        return { low: 0, high: extents[e.axis]! - 1 }
      case 'load': {
        const value = operands[e.operand]!.value
        if (value !== undefined) return only(value)
        return e.dtype === 'bool' ? { low: 0, high: 1 } : { low: -exactIntegers, high: exactIntegers }
      }
      case 'compare':
        return { low: 0, high: 1 }
      case 'convert':
        return e.dtype === 'bool' ? { low: 0, high: 1 } : of(e.x)
      case 'select': {
        const [x, y] = [of(e.x), of(e.y)]
        return spanOf(x.low, x.high, y.low, y.high)
      }
      case 'unary': {
        const { low, high } = of(e.x)
        if (e.name === 'neg') return spanOf(-low, -high)
        if (e.name === 'abs') return low >= 0 ? { low, high } : spanOf(0, -low, high)
        return e.name === 'sign' ? { low: -1, high: 1 } : anything
      }
      case 'binary': {
        const [x, y] = [of(e.x), of(e.y)]
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

import type { Scalar } from '../../../src/nest/expression.ts'
import type { BinaryName, IntegerName } from '../../../src/nest/functions.ts'
import { compareFunctions, composedFunctions, nativeFunctions } from '../functions/functions.ts'
import { integerPower } from '../functions/power.ts'
import type { Range } from '../limits/ranges.ts'
import type { Line, Term } from '../source/source.ts'
import { numeral } from '../source/source.ts'
import { quotient, remainder } from '../source/indices.ts'

/** The surroundings that a scalar expression is printed into. */
export interface ScalarContext {
  readonly line: Line
  readonly rangeOf: (e: Scalar) => Range
  readonly axis: (axis: number) => Term
  /**
   * As in `PrintSite`. Math.exp is then a call for each number of the vector, dearer than the forty operations of our
   * own.
   */
  readonly quads?: boolean
  /**
   * Writes an element, its indices printed by `print`. Where it lies outside the array, any other element is read
   * instead.
   */
  readonly load: (operand: number, index: readonly Scalar[], print: (e: Scalar) => Term) => Term
}

/**
 * Writes the conversion to int32: toward zero, saturating, NaN to 0. 2147483647 comes as the float 2^31, as `Range`
 * says.
 */
const truncated = (line: Line, x: Term): Term => {
  const size = line`Math.min(Math.abs(${x}), 2147483648)`
  const whole = line`Math.floor(${size})`
  const minus = line`-${whole}`
  const below = line`${x} < 0 ? ${minus} : 0`
  return line`${x} > 0 ? ${whole} : ${below}`
}

const isBinary = (name: BinaryName | IntegerName): name is BinaryName => name in nativeFunctions.binary

/** The largest exponent for which repeated products lose fewer digits than logarithms. */
const mostProducts = 64

const isSmallInteger = (e: Scalar): e is Scalar & { readonly kind: 'literal' } =>
  e.kind === 'literal' && Number.isInteger(e.value) && Math.abs(e.value) <= mostProducts

/**
 * Returns a printer of expressions that writes each expression once. Both branches of a select are computed, so that all
 * lines stay flat; `load` keeps the offsets of the discarded branch inside the array, since gpu.js traps on some reads out
 * of bounds.
 */
export const scalarPrinter = (into: ScalarContext): ((e: Scalar) => Term) => {
  const { line, rangeOf, quads } = into
  const { unary, binary } = quads === true ? composedFunctions : nativeFunctions
  const known = new Map<Scalar, Term>()
  const print = (e: Scalar): Term => {
    switch (e.kind) {
      case 'literal':
        // A line of its own makes a float of it; indices stay in place.
        return e.dtype === 'float32' ? line`${Math.fround(e.value)}` : numeral(e.value)
      case 'axis':
        return into.axis(e.axis)
      case 'load':
        return into.load(e.operand, e.index, of)
      case 'unary':
        return unary[e.name](line, of(e.x))
      case 'binary': {
        const x = of(e.x)
        const { low, high } = rangeOf(e.x)
        const bound = Math.max(-low, high)
        if (e.name === 'floorDivide') return quotient(line, x, rangeOf(e.y).low, bound)
        if (e.name === 'modulo') return remainder(line, x, rangeOf(e.y).low, bound)
        if (e.name === 'pow' && isSmallInteger(e.y)) return integerPower(line, x, e.y.value)
        return isBinary(e.name) ? binary[e.name](line, x, of(e.y)) : x
      }
      case 'compare':
        return compareFunctions[e.name](line, of(e.x), of(e.y))
      case 'select':
        return line`${of(e.when)} > 0.5 ? ${of(e.x)} : ${of(e.y)}`
      case 'convert':
        if (e.dtype === 'bool' && e.x.dtype !== 'bool') return line`${of(e.x)} !== 0 ? 1 : 0`
        if (e.dtype === 'int32' && e.x.dtype === 'float32') return truncated(line, of(e.x))
        // Integers have no -0, which -(0) and 0 * -1 are among floats.
        return e.dtype === 'float32' ? line`${of(e.x)} + 0` : of(e.x)
    }
  }
  const of = (e: Scalar): Term => {
    const term = known.get(e) ?? print(e)
    known.set(e, term)
    return term
  }
  return of
}

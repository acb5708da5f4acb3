/**
 * The code of one operation on vectors. A bool is a mask of 32 bits.
 *
 * @category wasm
 */
import type { BinaryName, CompareName, IntegerName, UnaryName } from '../../../src/nest/functions.ts'
import type { DType } from '../../../src/tensor/dtype.ts'
import { fail } from '../../../src/tensor/error.ts'
import { f32x4, i32x4, v128 } from '../encoder/index.ts'
import type { Code, Local } from '../encoder/index.ts'
import { keep, pow } from '../math/index.ts'
import type { Sink, vectorMath } from '../math/index.ts'
import { divide, floorDivide, modulo, shiftBy, shiftLanes } from './integers.ts'
import type { Range } from './range.ts'

type V = Code<'v128'>
type L = Local<'v128'>

const unsupported = (what: string, dtype: DType): never =>
  fail('NotSupported', { op: what, expected: 'a dtype that it is defined on', actual: dtype })

/** Makes 0 and 1 of a mask. */
const numbers = (mask: V): V => v128.and(mask, i32x4.const(1))

export const unaryCode = (sink: Sink, math: ReturnType<typeof vectorMath>, name: UnaryName, x: L, dtype: DType): V => {
  if (dtype === 'float32') return math[name](sink, x)
  if (dtype !== 'int32') return unsupported(name, dtype)
  if (name === 'neg') return i32x4.neg(x)
  if (name === 'abs') return i32x4.abs(x)
  if (name === 'sign') return i32x4.minS(i32x4.maxS(x, -1), 1)
  return name === 'floor' ? x : unsupported(name, dtype)
}

/** Returns max or min with a constant in one instruction, where there is one: the general ones take eight, for NaN and -0. */
const bounded = (name: 'max' | 'min', x: L, bound: number): V | undefined => {
  if (Number.isNaN(bound) || (name === 'min' && Object.is(bound, -0))) return undefined
  // pmax and pmin keep x where nothing is greater or less: NaN, and -0 beside 0.
  if (name === 'min') return f32x4.pmin(x, bound)
  return Object.is(bound, 0) ? f32x4.add(f32x4.pmax(x, bound), 0) : f32x4.pmax(x, bound)
}

const floatCode = (sink: Sink, name: BinaryName | IntegerName, x: L, y: L, facts: Facts): V => {
  switch (name) {
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
      return f32x4[name](x, y)
    case 'max':
    case 'min': {
      const { first, constant } = facts
      const one = constant !== undefined ? bounded(name, x, constant) : undefined
      return one ?? (first !== undefined ? bounded(name, y, first) : undefined) ?? f32x4[name](x, y)
    }
    case 'pow':
      return pow(sink, x, y)
    default:
      return unsupported(name, 'float32')
  }
}

const boolCode = (name: BinaryName | IntegerName, x: L, y: L): V => {
  if (name === 'max' || name === 'or') return v128.or(x, y)
  if (name === 'min' || name === 'mul' || name === 'and') return v128.and(x, y)
  return name === 'xor' ? v128.xor(x, y) : unsupported(name, 'bool')
}

/** What is known of the operands x and y of an operation. */
export interface Facts {
  /** The value of x, where it is a constant. */
  readonly first?: number | undefined
  /** The value of y, where it is a constant. */
  readonly constant: number | undefined
  /** Code of y, where it is the same in all lanes. */
  readonly uniform: Code<'i32'> | undefined
  /** Interval of x, where it is an integer. */
  readonly range: Range
}

const integerCode = (sink: Sink, name: BinaryName | IntegerName, x: L, y: L, facts: Facts): V => {
  switch (name) {
    case 'add':
    case 'sub':
    case 'mul':
      return i32x4[name](x, y)
    case 'max':
      return i32x4.maxS(x, y)
    case 'min':
      return i32x4.minS(x, y)
    case 'and':
    case 'or':
    case 'xor':
      return v128[name](x, y)
    case 'floorDivide':
      return floorDivide(sink, x, y, facts.constant, facts.range)
    case 'modulo':
      return modulo(sink, x, y, facts.constant, facts.range)
    case 'div':
      return divide(sink, x, y)
    case 'shiftLeft':
    case 'shiftRight':
    case 'rotateLeft':
      return facts.uniform === undefined ? shiftLanes(name, x, y) : shiftBy(name, x, facts.uniform)
    case 'pow':
      return unsupported(name, 'int32')
  }
}

export const binaryCode = (sink: Sink, name: BinaryName | IntegerName, x: L, y: L, dtype: DType, facts: Facts): V =>
  dtype === 'float32'
    ? floatCode(sink, name, x, y, facts)
    : dtype === 'bool'
      ? boolCode(name, x, y)
      : integerCode(sink, name, x, y, facts)

const signed = { eq: 'eq', ne: 'ne', lt: 'ltS', le: 'leS', gt: 'gtS', ge: 'geS' } as const

/** Makes a mask of a comparison. `dtype` is that of the operands. */
export const compareCode = (name: CompareName, x: V, y: V, dtype: DType): V =>
  dtype === 'float32'
    ? f32x4[name](x, y)
    : dtype === 'int32'
      ? i32x4[signed[name]](x, y)
      : i32x4[signed[name]](numbers(x), numbers(y))

export const convertCode = (x: V, from: DType, to: DType): V => {
  if (to === 'bool') return from === 'float32' ? f32x4.ne(x, 0) : i32x4.ne(x, 0)
  if (from === 'bool') return to === 'int32' ? numbers(x) : v128.and(x, f32x4.const(1))
  return to === 'int32' ? i32x4.truncSatF32x4S(x) : f32x4.convertI32x4S(x)
}

export const literalCode = (value: number, dtype: DType): V =>
  dtype === 'float32' ? f32x4.const(value) : i32x4.const(dtype === 'bool' ? (value === 0 ? 0 : -1) : value)

/** Returns code that may be placed several times: a local as it is, other code by way of a new local. */
export const local = (sink: Sink, x: V): L => ('set' in x ? (x as L) : keep(sink, x))

import type { DType } from '../tensor/dtype.ts'
import type { BinaryName, CompareName, IntegerName, UnaryName } from './functions.ts'

/**
 * Scalar expressions: what a loop nest computes at one point of its domain. Integers index and count; floats are
 * values. A load under a `select` is only meant where the select takes it, so an untaken load may be out of range.
 */
export type Scalar =
  | { readonly kind: 'literal'; readonly dtype: DType; readonly value: number }
  /** Loop variable: axes 0 .. rank-1 walk the domain, those behind walk the reduction. int32. */
  | { readonly kind: 'axis'; readonly dtype: 'int32'; readonly axis: number }
  /** Element of an operand, one index an axis. */
  | { readonly kind: 'load'; readonly dtype: DType; readonly operand: number; readonly index: readonly Scalar[] }
  | { readonly kind: 'unary'; readonly dtype: DType; readonly name: UnaryName; readonly x: Scalar }
  | {
      readonly kind: 'binary'
      readonly dtype: DType
      readonly name: BinaryName | IntegerName
      readonly x: Scalar
      readonly y: Scalar
    }
  | {
      readonly kind: 'compare'
      readonly dtype: 'bool'
      readonly name: CompareName
      readonly x: Scalar
      readonly y: Scalar
    }
  | { readonly kind: 'select'; readonly dtype: DType; readonly when: Scalar; readonly x: Scalar; readonly y: Scalar }
  | { readonly kind: 'convert'; readonly dtype: DType; readonly x: Scalar }

export const literal = (value: number, dtype: DType = 'float32'): Scalar => ({ kind: 'literal', dtype, value })
export const int = (value: number): Scalar => literal(value, 'int32')
export const axis = (n: number): Scalar => ({ kind: 'axis', dtype: 'int32', axis: n })
export const load = (operand: number, index: readonly Scalar[], dtype: DType): Scalar => ({
  kind: 'load',
  dtype,
  operand,
  index
})
export const unary = (name: UnaryName, x: Scalar): Scalar => ({ kind: 'unary', dtype: x.dtype, name, x })
export const compare = (name: CompareName, x: Scalar, y: Scalar): Scalar => ({
  kind: 'compare',
  dtype: 'bool',
  name,
  x,
  y
})
export const select = (when: Scalar, x: Scalar, y: Scalar): Scalar =>
  when.kind === 'literal' ? (when.value !== 0 ? x : y) : { kind: 'select', dtype: x.dtype, when, x, y }
export const convert = (x: Scalar, dtype: DType): Scalar => (x.dtype === dtype ? x : { kind: 'convert', dtype, x })

const isInt = (x: Scalar, value: number): boolean => x.kind === 'literal' && x.dtype === 'int32' && x.value === value

/** Binary operation; integer index arithmetic is simplified on the way, float arithmetic is left as written. */
export const binary = (name: BinaryName | IntegerName, x: Scalar, y: Scalar): Scalar => {
  if (x.dtype === 'int32') {
    if (name === 'add' && isInt(x, 0)) return y
    if ((name === 'add' || name === 'sub') && isInt(y, 0)) return x
    if (name === 'mul' && (isInt(x, 1) || isInt(y, 0))) return y
    if (name === 'mul' && (isInt(y, 1) || isInt(x, 0))) return x
    if (name === 'floorDivide' && isInt(y, 1)) return x
    if (name === 'modulo' && isInt(y, 1)) return int(0)
    if (x.kind === 'literal' && y.kind === 'literal') {
      if (name === 'add') return int((x.value + y.value) | 0)
      if (name === 'sub') return int((x.value - y.value) | 0)
      if (name === 'mul') return int(Math.imul(x.value, y.value))
    }
  }
  return { kind: 'binary', dtype: x.dtype, name, x, y }
}
export const plus = (x: Scalar, y: Scalar | number): Scalar => binary('add', x, typeof y === 'number' ? int(y) : y)
export const minus = (x: Scalar, y: Scalar | number): Scalar => binary('sub', x, typeof y === 'number' ? int(y) : y)
export const times = (x: Scalar, y: Scalar | number): Scalar => binary('mul', x, typeof y === 'number' ? int(y) : y)

const yes: Scalar = { kind: 'literal', dtype: 'bool', value: 1 }
/** x and y; `all()` of nothing is true. */
export const all = (...conditions: readonly Scalar[]): Scalar =>
  conditions.reduce<Scalar>(
    (a, b) =>
      a.kind === 'literal' && a.value !== 0
        ? b
        : { kind: 'select', dtype: 'bool', when: a, x: b, y: literal(0, 'bool') },
    yes
  )
/** 0 <= x < n. */
export const within = (x: Scalar, n: number): Scalar => all(compare('ge', x, int(0)), compare('lt', x, int(n)))

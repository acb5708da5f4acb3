/**
 * Scalar instructions under their names in the WebAssembly specification, in camel case: `i32.add`, `i32.ltS`, `f32.sqrt`.
 * Integer constants fold while emitting (`i32.add(p, 0)` is `p`), so address arithmetic may be written in full.
 *
 * @category wasm
 */
import {
  binary,
  constantOf,
  f32Constant,
  f64Constant,
  family,
  i32Constant,
  i64Constant,
  lift,
  liftI32,
  unary
} from './code.ts'
import type { Binary, Code, Opcode, Unary, ValueType } from './code.ts'
import { load, store } from './memory.ts'
import type { Load, Store } from './memory.ts'

const i32Arithmetic = {
  divS: 0x6d,
  divU: 0x6e,
  remS: 0x6f,
  remU: 0x70,
  and: 0x71,
  or: 0x72,
  xor: 0x73,
  shl: 0x74,
  shrS: 0x75,
  shrU: 0x76,
  rotl: 0x77,
  rotr: 0x78,
  eq: 0x46,
  ne: 0x47,
  ltS: 0x48,
  ltU: 0x49,
  gtS: 0x4a,
  gtU: 0x4b,
  leS: 0x4c,
  leU: 0x4d,
  geS: 0x4e,
  geU: 0x4f
} as const
const i32Unary = { eqz: 0x45, clz: 0x67, ctz: 0x68, popcnt: 0x69, extend8S: 0xc0, extend16S: 0xc1 } as const
const i64Arithmetic = {
  add: 0x7c,
  sub: 0x7d,
  mul: 0x7e,
  divS: 0x7f,
  divU: 0x80,
  remS: 0x81,
  remU: 0x82,
  and: 0x83,
  or: 0x84,
  xor: 0x85,
  shl: 0x86,
  shrS: 0x87,
  shrU: 0x88,
  rotl: 0x89,
  rotr: 0x8a
} as const
const i64Comparison = {
  eq: 0x51,
  ne: 0x52,
  ltS: 0x53,
  ltU: 0x54,
  gtS: 0x55,
  gtU: 0x56,
  leS: 0x57,
  leU: 0x58,
  geS: 0x59,
  geU: 0x5a
} as const
const f32Arithmetic = { add: 0x92, sub: 0x93, mul: 0x94, div: 0x95, min: 0x96, max: 0x97, copysign: 0x98 } as const
const f32Unary = { abs: 0x8b, neg: 0x8c, ceil: 0x8d, floor: 0x8e, trunc: 0x8f, nearest: 0x90, sqrt: 0x91 } as const
const f32Comparison = { eq: 0x5b, ne: 0x5c, lt: 0x5d, gt: 0x5e, le: 0x5f, ge: 0x60 } as const
const f64Arithmetic = { add: 0xa0, sub: 0xa1, mul: 0xa2, div: 0xa3, min: 0xa4, max: 0xa5, copysign: 0xa6 } as const
const f64Unary = { abs: 0x99, neg: 0x9a, ceil: 0x9b, floor: 0x9c, trunc: 0x9d, nearest: 0x9e, sqrt: 0x9f } as const
const f64Comparison = { eq: 0x61, ne: 0x62, lt: 0x63, gt: 0x64, le: 0x65, ge: 0x66 } as const

type Family<O, F> = { readonly [K in keyof O]: F }

const unaryForm =
  <T extends ValueType, R extends ValueType>(type: T) =>
  (opcode: Opcode): Unary<T, R> =>
  (operand) =>
    unary(opcode, lift(type, operand))

const binaryForm =
  <T extends ValueType, R extends ValueType>(type: T) =>
  (opcode: Opcode): Binary<T, R> =>
  (left, right) =>
    binary(opcode, lift(type, left), lift(type, right))

/** A conversion from another type. */
const from =
  <T extends ValueType, R extends ValueType>(type: T, opcode: Opcode): Unary<T, R> =>
  (operand) =>
    unary(opcode, lift(type, operand))

const i32Add: Binary<'i32'> = (left, right) => {
  const [a, b] = [constantOf(left), constantOf(right)]
  if (a !== undefined && b !== undefined) return i32Constant(a + b)
  if (a === 0) return liftI32(right)
  return b === 0 ? liftI32(left) : binary(0x6a, liftI32(left), liftI32(right))
}

const i32Sub: Binary<'i32'> = (left, right) => {
  const [a, b] = [constantOf(left), constantOf(right)]
  if (a !== undefined && b !== undefined) return i32Constant(a - b)
  return b === 0 ? liftI32(left) : binary(0x6b, liftI32(left), liftI32(right))
}

const i32Mul: Binary<'i32'> = (left, right) => {
  const [a, b] = [constantOf(left), constantOf(right)]
  if (a !== undefined && b !== undefined) return i32Constant(Math.imul(a, b))
  if (a === 0 || b === 0) return i32Constant(0)
  if (a === 1) return liftI32(right)
  return b === 1 ? liftI32(left) : binary(0x6c, liftI32(left), liftI32(right))
}

export const i32: Family<typeof i32Arithmetic, Binary<'i32'>> &
  Family<typeof i32Unary, Unary<'i32'>> & {
    readonly const: (value: number) => Code<'i32'>
    readonly add: Binary<'i32'>
    readonly sub: Binary<'i32'>
    readonly mul: Binary<'i32'>
    readonly load: Load<'i32'>
    readonly load8U: Load<'i32'>
    readonly load8S: Load<'i32'>
    readonly load16U: Load<'i32'>
    readonly store: Store<'i32'>
    readonly store8: Store<'i32'>
    readonly store16: Store<'i32'>
    readonly wrapI64: Unary<'i64', 'i32'>
    readonly truncSatF32S: Unary<'f32', 'i32'>
    readonly truncSatF32U: Unary<'f32', 'i32'>
    readonly truncSatF64S: Unary<'f64', 'i32'>
    readonly truncSatF64U: Unary<'f64', 'i32'>
    readonly reinterpretF32: Unary<'f32', 'i32'>
  } = {
  ...family(i32Arithmetic, binaryForm<'i32', 'i32'>('i32')),
  ...family(i32Unary, unaryForm<'i32', 'i32'>('i32')),
  const: i32Constant,
  add: i32Add,
  sub: i32Sub,
  mul: i32Mul,
  load: load(0x28, 2),
  load8U: load(0x2d, 0),
  load8S: load(0x2c, 0),
  load16U: load(0x2f, 1),
  store: store('i32', 0x36, 2),
  store8: store('i32', 0x3a, 0),
  store16: store('i32', 0x3b, 1),
  wrapI64: from('i64', 0xa7),
  truncSatF32S: from('f32', (0xfc << 16) | 0),
  truncSatF32U: from('f32', (0xfc << 16) | 1),
  truncSatF64S: from('f64', (0xfc << 16) | 2),
  truncSatF64U: from('f64', (0xfc << 16) | 3),
  reinterpretF32: from('f32', 0xbc)
}

export const i64: Family<typeof i64Arithmetic, Binary<'i64'>> &
  Family<typeof i64Comparison, Binary<'i64', 'i32'>> & {
    readonly const: (value: bigint) => Code<'i64'>
    readonly eqz: Unary<'i64', 'i32'>
    readonly load: Load<'i64'>
    readonly store: Store<'i64'>
    readonly extendI32S: Unary<'i32', 'i64'>
    readonly extendI32U: Unary<'i32', 'i64'>
    readonly reinterpretF64: Unary<'f64', 'i64'>
  } = {
  ...family(i64Arithmetic, binaryForm<'i64', 'i64'>('i64')),
  ...family(i64Comparison, binaryForm<'i64', 'i32'>('i64')),
  const: i64Constant,
  eqz: unaryForm<'i64', 'i32'>('i64')(0x50),
  load: load(0x29, 3),
  store: store('i64', 0x37, 3),
  extendI32S: from('i32', 0xac),
  extendI32U: from('i32', 0xad),
  reinterpretF64: from('f64', 0xbd)
}

export const f32: Family<typeof f32Arithmetic, Binary<'f32'>> &
  Family<typeof f32Unary, Unary<'f32'>> &
  Family<typeof f32Comparison, Binary<'f32', 'i32'>> & {
    readonly const: (value: number) => Code<'f32'>
    readonly load: Load<'f32'>
    readonly store: Store<'f32'>
    readonly convertI32S: Unary<'i32', 'f32'>
    readonly convertI32U: Unary<'i32', 'f32'>
    readonly demoteF64: Unary<'f64', 'f32'>
    readonly reinterpretI32: Unary<'i32', 'f32'>
  } = {
  ...family(f32Arithmetic, binaryForm<'f32', 'f32'>('f32')),
  ...family(f32Unary, unaryForm<'f32', 'f32'>('f32')),
  ...family(f32Comparison, binaryForm<'f32', 'i32'>('f32')),
  const: f32Constant,
  load: load(0x2a, 2),
  store: store('f32', 0x38, 2),
  convertI32S: from('i32', 0xb2),
  convertI32U: from('i32', 0xb3),
  demoteF64: from('f64', 0xb6),
  reinterpretI32: from('i32', 0xbe)
}

export const f64: Family<typeof f64Arithmetic, Binary<'f64'>> &
  Family<typeof f64Unary, Unary<'f64'>> &
  Family<typeof f64Comparison, Binary<'f64', 'i32'>> & {
    readonly const: (value: number) => Code<'f64'>
    readonly load: Load<'f64'>
    readonly store: Store<'f64'>
    readonly convertI32S: Unary<'i32', 'f64'>
    readonly convertI32U: Unary<'i32', 'f64'>
    readonly convertI64S: Unary<'i64', 'f64'>
    readonly promoteF32: Unary<'f32', 'f64'>
    readonly reinterpretI64: Unary<'i64', 'f64'>
  } = {
  ...family(f64Arithmetic, binaryForm<'f64', 'f64'>('f64')),
  ...family(f64Unary, unaryForm<'f64', 'f64'>('f64')),
  ...family(f64Comparison, binaryForm<'f64', 'i32'>('f64')),
  const: f64Constant,
  load: load(0x2b, 3),
  store: store('f64', 0x39, 3),
  convertI32S: from('i32', 0xb7),
  convertI32U: from('i32', 0xb8),
  convertI64S: from('i64', 0xb9),
  promoteF32: from('f32', 0xbb),
  reinterpretI64: from('i64', 0xbf)
}

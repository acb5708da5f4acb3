/**
 * 128-bit SIMD under the specification's names in camel case. Numbers lift to vectors with equal lanes, typed by the
 * family they meet: `f32x4.mul(x, 0.5)`, `i32x4.shrU(x, 9)` (a shift count stays a scalar).
 *
 * @category wasm
 */
import { appendByte, appendBytes, appendFloat32, appendFloat64 } from './bytes.ts'
import { appendOpcode, binary, family, liftF32, liftF64, liftI32, unary } from './code.ts'
import type { Code, Opcode, Operand } from './code.ts'
import { appendAccess, load, store } from './memory.ts'
import type { Load, Store } from './memory.ts'

const simd = (number: number): Opcode => (0xfd << 16) | number

type V = Code<'v128'>
/** A vector, or a number standing for four (two) equal lanes. */
export type Lanes = V | number
type Family<O, F> = { readonly [K in keyof O]: F }
type VectorUnary = (operand: Lanes) => V
type VectorBinary = (left: Lanes, right: Lanes) => V
type Test = (operand: V) => Code<'i32'>
type Shift = (operand: V, count: Operand<'i32'>) => V

const constant =
  (append: Parameters<typeof repeat>[1], lanes: number) =>
  (value: number): V =>
  (out) => {
    appendOpcode(out, simd(12))
    repeat(lanes, append)(out, value)
  }

const repeat =
  (lanes: number, append: (out: Parameters<V>[0], value: number) => void) =>
  (out: Parameters<V>[0], value: number): void => {
    for (let lane = 0; lane < lanes; lane++) append(out, value)
  }

const appendInteger32 = (out: Parameters<V>[0], value: number): void =>
  appendBytes(out, [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255])

const f32x4Constant = constant(appendFloat32, 4)
const f64x2Constant = constant(appendFloat64, 2)
const i32x4Constant = constant(appendInteger32, 4)

const lifted =
  (of: (value: number) => V) =>
  (operand: Lanes): V =>
    typeof operand === 'number' ? of(operand) : operand

const unaryForm =
  (of: (value: number) => V) =>
  (number: number): VectorUnary =>
  (operand) =>
    unary(simd(number), lifted(of)(operand))

const binaryForm =
  (of: (value: number) => V) =>
  (number: number): VectorBinary =>
  (left, right) =>
    binary(simd(number), lifted(of)(left), lifted(of)(right))

const bitsForm =
  (number: number): ((left: V, right: V) => V) =>
  (left, right) =>
    binary(simd(number), left, right)

const testForm =
  (number: number): Test =>
  (operand) =>
    unary(simd(number), operand)

const shiftForm =
  (number: number): Shift =>
  (operand, count) =>
    binary(simd(number), operand, liftI32(count))

/** An instruction with a lane number after the opcode. */
const laned =
  (code: Code<'v128'> | Code, number: number, lane: number): Code<never> =>
  (out) => {
    code(out)
    appendOpcode(out, simd(number))
    appendByte(out, lane)
  }

const laneLoad =
  (number: number, align: number) =>
  (address: Operand<'i32'>, into: V, lane: number, offset = 0): V => {
    const at = liftI32(address)
    return (out) => {
      at(out)
      into(out)
      appendAccess(out, simd(number), align, offset)
      appendByte(out, lane)
    }
  }

const laneStore =
  (number: number, align: number) =>
  (address: Operand<'i32'>, from: V, lane: number, offset = 0): Code => {
    const at = liftI32(address)
    return (out) => {
      at(out)
      from(out)
      appendAccess(out, simd(number), align, offset)
      appendByte(out, lane)
    }
  }

const bits = { and: 78, andnot: 79, or: 80, xor: 81 } as const

export const v128: Family<typeof bits, (left: V, right: V) => V> & {
  readonly load: Load<'v128'>
  readonly store: Store<'v128'>
  readonly load32Splat: Load<'v128'>
  readonly load64Splat: Load<'v128'>
  /** One or two lanes from memory, zeros above. */
  readonly load32Zero: Load<'v128'>
  readonly load64Zero: Load<'v128'>
  readonly load32Lane: (address: Operand<'i32'>, into: V, lane: number, offset?: number) => V
  readonly load64Lane: (address: Operand<'i32'>, into: V, lane: number, offset?: number) => V
  readonly store32Lane: (address: Operand<'i32'>, from: V, lane: number, offset?: number) => Code
  readonly store64Lane: (address: Operand<'i32'>, from: V, lane: number, offset?: number) => Code
  readonly not: (operand: V) => V
  /** Bits of `whenSet` where `mask` has 1, else of `whenClear`. */
  readonly bitselect: (whenSet: V, whenClear: V, mask: V) => V
  readonly anyTrue: Test
} = {
  ...family(bits, bitsForm),
  load: load(simd(0), 2),
  store: store('v128', simd(11), 2),
  load32Splat: load(simd(9), 2),
  load64Splat: load(simd(10), 3),
  load32Zero: load(simd(92), 2),
  load64Zero: load(simd(93), 3),
  load32Lane: laneLoad(86, 2),
  load64Lane: laneLoad(87, 3),
  store32Lane: laneStore(90, 2),
  store64Lane: laneStore(91, 3),
  not: testForm(77) as unknown as (operand: V) => V,
  bitselect: (whenSet, whenClear, mask) => (out) => {
    whenSet(out)
    whenClear(out)
    mask(out)
    appendOpcode(out, simd(82))
  },
  anyTrue: testForm(83)
}

const f32x4Unary = { abs: 224, neg: 225, sqrt: 227, ceil: 103, floor: 104, trunc: 105, nearest: 106 } as const
const f32x4Binary = {
  add: 228,
  sub: 229,
  mul: 230,
  div: 231,
  min: 232,
  max: 233,
  pmin: 234,
  pmax: 235,
  eq: 65,
  ne: 66,
  lt: 67,
  gt: 68,
  le: 69,
  ge: 70
} as const

export const f32x4: Family<typeof f32x4Unary, VectorUnary> &
  Family<typeof f32x4Binary, VectorBinary> & {
    readonly const: (value: number) => V
    readonly lanes: (a: number, b: number, c: number, d: number) => V
    readonly splat: (value: Operand<'f32'>) => V
    readonly extractLane: (operand: V, lane: number) => Code<'f32'>
    readonly replaceLane: (operand: V, lane: number, value: Operand<'f32'>) => V
    readonly convertI32x4S: (operand: V) => V
    readonly convertI32x4U: (operand: V) => V
    readonly demoteF64x2Zero: (operand: V) => V
  } = {
  ...family(f32x4Unary, unaryForm(f32x4Constant)),
  ...family(f32x4Binary, binaryForm(f32x4Constant)),
  const: f32x4Constant,
  lanes: (a, b, c, d) => (out) => {
    appendOpcode(out, simd(12))
    for (const value of [a, b, c, d]) appendFloat32(out, value)
  },
  splat: (value) => unary(simd(19), liftF32(value)),
  extractLane: (operand, lane) => laned(operand, 31, lane),
  replaceLane: (operand, lane, value) => laned(pair(operand, liftF32(value)), 32, lane),
  convertI32x4S: unaryForm(i32x4Constant)(250),
  convertI32x4U: unaryForm(i32x4Constant)(251),
  demoteF64x2Zero: unaryForm(f64x2Constant)(94)
}

const pair =
  (first: Code<never> | V, second: Code<'f32'> | Code<'f64'> | Code<'i32'>): Code =>
  (out) => {
    first(out)
    second(out)
  }

const f64x2Unary = { abs: 236, neg: 237, sqrt: 239, ceil: 116, floor: 117, trunc: 122, nearest: 148 } as const
const f64x2Binary = {
  add: 240,
  sub: 241,
  mul: 242,
  div: 243,
  min: 244,
  max: 245,
  pmin: 246,
  pmax: 247,
  eq: 71,
  ne: 72,
  lt: 73,
  gt: 74,
  le: 75,
  ge: 76
} as const

export const f64x2: Family<typeof f64x2Unary, VectorUnary> &
  Family<typeof f64x2Binary, VectorBinary> & {
    readonly const: (value: number) => V
    readonly splat: (value: Operand<'f64'>) => V
    readonly extractLane: (operand: V, lane: number) => Code<'f64'>
    readonly replaceLane: (operand: V, lane: number, value: Operand<'f64'>) => V
    readonly promoteLowF32x4: (operand: V) => V
    readonly convertLowI32x4S: (operand: V) => V
    readonly convertLowI32x4U: (operand: V) => V
  } = {
  ...family(f64x2Unary, unaryForm(f64x2Constant)),
  ...family(f64x2Binary, binaryForm(f64x2Constant)),
  const: f64x2Constant,
  splat: (value) => unary(simd(20), liftF64(value)),
  extractLane: (operand, lane) => laned(operand, 33, lane),
  replaceLane: (operand, lane, value) => laned(pair(operand, liftF64(value)), 34, lane),
  promoteLowF32x4: unaryForm(f32x4Constant)(95),
  convertLowI32x4S: unaryForm(i32x4Constant)(254),
  convertLowI32x4U: unaryForm(i32x4Constant)(255)
}

const i32x4Binary = {
  add: 174,
  sub: 177,
  mul: 181,
  minS: 182,
  minU: 183,
  maxS: 184,
  maxU: 185,
  eq: 55,
  ne: 56,
  ltS: 57,
  ltU: 58,
  gtS: 59,
  gtU: 60,
  leS: 61,
  leU: 62,
  geS: 63,
  geU: 64
} as const
const shifts = { shl: 171, shrS: 172, shrU: 173 } as const
const i32x4Unary = { abs: 160, neg: 161 } as const

export const i32x4: Family<typeof i32x4Binary, VectorBinary> &
  Family<typeof i32x4Unary, VectorUnary> &
  Family<typeof shifts, Shift> & {
    readonly const: (value: number) => V
    readonly lanes: (a: number, b: number, c: number, d: number) => V
    readonly splat: (value: Operand<'i32'>) => V
    readonly extractLane: (operand: V, lane: number) => Code<'i32'>
    readonly replaceLane: (operand: V, lane: number, value: Operand<'i32'>) => V
    readonly truncSatF32x4S: (operand: V) => V
    readonly truncSatF32x4U: (operand: V) => V
    readonly truncSatF64x2SZero: (operand: V) => V
    readonly allTrue: Test
    readonly bitmask: Test
  } = {
  ...family(i32x4Binary, binaryForm(i32x4Constant)),
  ...family(i32x4Unary, unaryForm(i32x4Constant)),
  ...family(shifts, shiftForm),
  const: i32x4Constant,
  lanes: (a, b, c, d) => (out) => {
    appendOpcode(out, simd(12))
    for (const value of [a, b, c, d]) appendInteger32(out, value)
  },
  splat: (value) => unary(simd(17), liftI32(value)),
  extractLane: (operand, lane) => laned(operand, 27, lane),
  replaceLane: (operand, lane, value) => laned(pair(operand, liftI32(value)), 28, lane),
  truncSatF32x4S: unaryForm(f32x4Constant)(248),
  truncSatF32x4U: unaryForm(f32x4Constant)(249),
  truncSatF64x2SZero: unaryForm(f64x2Constant)(252),
  allTrue: testForm(163),
  bitmask: testForm(164)
}

const i64x2Binary = { add: 206, sub: 209, mul: 213, eq: 214, ne: 215, ltS: 216, gtS: 217, leS: 218, geS: 219 } as const
const i64x2Shifts = { shl: 203, shrS: 204, shrU: 205 } as const

export const i64x2: Family<typeof i64x2Binary, (left: V, right: V) => V> &
  Family<typeof i64x2Shifts, Shift> & {
    /** Full 64-bit products of the low (high) two lanes. */
    readonly extmulLowI32x4U: (left: V, right: V) => V
    readonly extmulHighI32x4U: (left: V, right: V) => V
    readonly extmulLowI32x4S: (left: V, right: V) => V
    readonly extmulHighI32x4S: (left: V, right: V) => V
  } = {
  ...family(i64x2Binary, bitsForm),
  ...family(i64x2Shifts, shiftForm),
  extmulLowI32x4S: bitsForm(220),
  extmulHighI32x4S: bitsForm(221),
  extmulLowI32x4U: bitsForm(222),
  extmulHighI32x4U: bitsForm(223)
}

export const i8x16: {
  /** Lanes 0-15 come from `left`, 16-31 from `right`. */
  readonly shuffle: (left: V, right: V, lanes: readonly number[]) => V
  readonly swizzle: (operand: V, indices: V) => V
  readonly splat: (value: Operand<'i32'>) => V
} = {
  shuffle: (left, right, lanes) => (out) => {
    left(out)
    right(out)
    appendOpcode(out, simd(13))
    appendBytes(out, lanes)
  },
  swizzle: bitsForm(14),
  splat: (value) => unary(simd(15), liftI32(value))
}

/** A shuffle of 32-bit lanes: 0-3 from `left`, 4-7 from `right`. */
export const shuffle32 = (left: V, right: V, a: number, b: number, c: number, d: number): V =>
  i8x16.shuffle(
    left,
    right,
    [a, b, c, d].flatMap((lane) => [lane * 4, lane * 4 + 1, lane * 4 + 2, lane * 4 + 3])
  )

const ternary =
  (opcode: Opcode): ((a: V, b: V, c: V) => V) =>
  (a, b, c) =>
  (out) => {
    a(out)
    b(out)
    c(out)
    appendOpcode(out, opcode)
  }

/** Relaxed SIMD: a module that uses it does not validate where it is missing (`probes.relaxedSimd` finds out). */
export const relaxed: {
  /** a * b + c, rounded once or twice. */
  readonly madd: (a: V, b: V, c: V) => V
  /** -(a * b) + c. */
  readonly nmadd: (a: V, b: V, c: V) => V
} = { madd: ternary(simd(0x105)), nmadd: ternary(simd(0x106)) }

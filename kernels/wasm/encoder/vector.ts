/**
 * 128-bit SIMD under the specification's names in camel case: whole vectors, their memory and shuffles.
 *
 * @category wasm
 */
import { appendByte, appendBytes } from './bytes.ts'
import { appendOpcode, family, liftI32, unary } from './code.ts'
import type { Code, Opcode, Operand } from './code.ts'
import { appendAccess, load, store } from './memory.ts'
import type { Load, Store } from './memory.ts'
import { simd, bitsForm, testForm } from './forms.ts'
import type { V, Family, Test } from './forms.ts'

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
  not: (operand) => unary(simd(77), operand),
  bitselect: (whenSet, whenClear, mask) => (out) => {
    whenSet(out)
    whenClear(out)
    mask(out)
    appendOpcode(out, simd(82))
  },
  anyTrue: testForm(83)
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

/**
 * Vectors of floats. Numbers lift to vectors with equal lanes: `f32x4.mul(x, 0.5)`.
 *
 * @category wasm
 */
import { appendFloat32 } from './bytes.ts'
import { appendOpcode, family, liftF32, liftF64, unary } from './code.ts'
import type { Code, Operand } from './code.ts'
import { simd, f32x4Constant, f64x2Constant, i32x4Constant, unaryForm, binaryForm, laned, pair } from './forms.ts'
import type { V, Family, VectorUnary, VectorBinary } from './forms.ts'

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

/**
 * Vectors of integers. Numbers lift to equal lanes, but a shift count stays a scalar: `i32x4.shrU(x, 9)`.
 *
 * @category wasm
 */
import { appendOpcode, family, liftI32, unary } from './code.ts'
import type { Code, Operand } from './code.ts'
import {
  simd,
  appendInteger32,
  f32x4Constant,
  f64x2Constant,
  i32x4Constant,
  unaryForm,
  binaryForm,
  bitsForm,
  testForm,
  shiftForm,
  laned,
  pair
} from './forms.ts'
import type { V, Family, VectorUnary, VectorBinary, Test, Shift } from './forms.ts'

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

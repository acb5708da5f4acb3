/**
 * The forms that vector instructions come in, and how numbers lift to vectors.
 *
 * @category wasm
 */
import { appendByte, appendBytes, appendFloat32, appendFloat64 } from './bytes.ts'
import type { Output } from './bytes.ts'
import { appendOpcode, binary, liftI32, unary } from './code.ts'
import type { Code, Opcode, Operand } from './code.ts'

export const simd = (number: number): Opcode => (0xfd << 16) | number

export type V = Code<'v128'>
/** A vector, or a number standing for four (two) equal lanes. */
export type Lanes = V | number
export type Family<O, F> = { readonly [K in keyof O]: F }
export type VectorUnary = (operand: Lanes) => V
export type VectorBinary = (left: Lanes, right: Lanes) => V
export type Test = (operand: V) => Code<'i32'>
export type Shift = (operand: V, count: Operand<'i32'>) => V

export const constant =
  (append: (out: Output, value: number) => void, lanes: number) =>
  (value: number): V =>
  (out) => {
    appendOpcode(out, simd(12))
    repeat(lanes, append)(out, value)
  }

export const repeat =
  (lanes: number, append: (out: Output, value: number) => void) =>
  (out: Output, value: number): void => {
    for (let lane = 0; lane < lanes; lane++) append(out, value)
  }

export const appendInteger32 = (out: Output, value: number): void =>
  appendBytes(out, [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255])

export const f32x4Constant = constant(appendFloat32, 4)
export const f64x2Constant = constant(appendFloat64, 2)
export const i32x4Constant = constant(appendInteger32, 4)

export const lifted =
  (of: (value: number) => V) =>
  (operand: Lanes): V =>
    typeof operand === 'number' ? of(operand) : operand

export const unaryForm =
  (of: (value: number) => V) =>
  (number: number): VectorUnary =>
  (operand) =>
    unary(simd(number), lifted(of)(operand))

export const binaryForm =
  (of: (value: number) => V) =>
  (number: number): VectorBinary =>
  (left, right) =>
    binary(simd(number), lifted(of)(left), lifted(of)(right))

export const bitsForm =
  (number: number): ((left: V, right: V) => V) =>
  (left, right) =>
    binary(simd(number), left, right)

export const testForm =
  (number: number): Test =>
  (operand) =>
    unary(simd(number), operand)

export const shiftForm =
  (number: number): Shift =>
  (operand, count) =>
    binary(simd(number), operand, liftI32(count))

/** An instruction with a lane number after the opcode. */
export const laned =
  (code: Code<'v128'> | Code, number: number, lane: number): Code<never> =>
  (out) => {
    code(out)
    appendOpcode(out, simd(number))
    appendByte(out, lane)
  }

/** A vector and the scalar that goes into one of its lanes. */
export const pair =
  (first: Code<never> | V, second: Code<'f32'> | Code<'f64'> | Code<'i32'>): Code =>
  (out) => {
    first(out)
    second(out)
  }

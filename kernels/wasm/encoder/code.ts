/**
 * What an emitted instruction is.
 *
 * `Code<T>` is a function that appends the bytes of an expression leaving one `T` on the stack (`'none'`: a statement).
 * Expressions are built by nesting and cost one closure an instruction; bytes exist only when the module is encoded, in
 * order, once. A `Code` may be placed twice: it is then emitted (and evaluated at run time) twice.
 *
 * Operands lift: where an `i32` is expected a plain number will do, and where `f32x4` arithmetic is expected a number is
 * a vector with four equal lanes.
 *
 * @category wasm
 */
import { appendByte, appendFloat32, appendFloat64, appendSigned, appendSigned64, appendUnsigned } from './bytes.ts'
import type { Output } from './bytes.ts'

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

export interface Code<out T extends ValueType | 'none' = 'none'> {
  (out: Output): void
  /** Never present at run time: it keeps an `f32` from being taken for an `i32`. */
  readonly type?: T
  /** Known value of an integer constant, so that address arithmetic folds while it is emitted. */
  readonly constant?: number
}

/** Statements, nested at will: `[a, rows.map(...), b]`. */
export type Body = Code | readonly Body[]

export type Scalar = 'i32' | 'f32' | 'f64'

export type Operand<T extends ValueType> = Code<T> | (T extends Scalar ? number : T extends 'i64' ? bigint : never)

/** A function's local variable: itself the expression that reads it. */
export interface Local<T extends ValueType> extends Code<T> {
  readonly set: (value: Operand<T>) => Code
  /** Sets and leaves the value. */
  readonly tee: (value: Operand<T>) => Code<T>
}

/** Opcode: a byte, or `prefix << 16 | number` for the prefixed families. */
export type Opcode = number

export const appendOpcode = (out: Output, opcode: Opcode): void => {
  if (opcode < 256) return appendByte(out, opcode)
  appendByte(out, opcode >> 16)
  appendUnsigned(out, opcode & 0xffff)
}

export const appendBody = (out: Output, body: Body): void => {
  if (typeof body === 'function') return body(out)
  for (const part of body) appendBody(out, part)
}

/** Several statements as one. */
export const sequence =
  (...body: readonly Body[]): Code =>
  (out) =>
    appendBody(out, body)

const withConstant = <T extends ValueType>(code: Code<T>, constant: number): Code<T> =>
  Object.assign(code, { constant })

export const i32Constant = (value: number): Code<'i32'> =>
  withConstant((out) => {
    appendByte(out, 0x41)
    appendSigned(out, value | 0)
  }, value | 0)

export const i64Constant =
  (value: bigint): Code<'i64'> =>
  (out) => {
    appendByte(out, 0x42)
    appendSigned64(out, BigInt.asIntN(64, value))
  }

export const f32Constant =
  (value: number): Code<'f32'> =>
  (out) => {
    appendByte(out, 0x43)
    appendFloat32(out, value)
  }

export const f64Constant =
  (value: number): Code<'f64'> =>
  (out) => {
    appendByte(out, 0x44)
    appendFloat64(out, value)
  }

/** Known integer value of an operand, if any. */
export const constantOf = (operand: Operand<'i32'>): number | undefined =>
  typeof operand === 'number' ? operand | 0 : operand.constant

export const liftI32 = (operand: Operand<'i32'>): Code<'i32'> =>
  typeof operand === 'number' ? i32Constant(operand) : operand

export const liftI64 = (operand: Operand<'i64'>): Code<'i64'> =>
  typeof operand === 'bigint' ? i64Constant(operand) : operand

export const liftF32 = (operand: Operand<'f32'>): Code<'f32'> =>
  typeof operand === 'number' ? f32Constant(operand) : operand

export const liftF64 = (operand: Operand<'f64'>): Code<'f64'> =>
  typeof operand === 'number' ? f64Constant(operand) : operand

const lifters = { i32: liftI32, i64: liftI64, f32: liftF32, f64: liftF64, v128: (code: Code<'v128'>) => code } as const

export const lift = <T extends ValueType>(type: T, operand: Operand<T>): Code<T> =>
  (lifters[type] as unknown as (operand: Operand<T>) => Code<T>)(operand)

/** One operand in, by `opcode`. */
export const unary =
  <T extends ValueType, R extends ValueType>(opcode: Opcode, operand: Code<T>): Code<R> =>
  (out) => {
    operand(out)
    appendOpcode(out, opcode)
  }

/** Two operands in, by `opcode`. */
export const binary =
  <T extends ValueType, U extends ValueType, R extends ValueType>(
    opcode: Opcode,
    left: Code<T>,
    right: Code<U>
  ): Code<R> =>
  (out) => {
    left(out)
    right(out)
    appendOpcode(out, opcode)
  }

export type Unary<T extends ValueType, R extends ValueType = T> = (operand: Operand<T>) => Code<R>
export type Binary<T extends ValueType, R extends ValueType = T> = (left: Operand<T>, right: Operand<T>) => Code<R>

/** A record of instructions of one form from a record of opcodes. */
export const family = <K extends string, F>(
  opcodes: Readonly<Record<K, Opcode>>,
  form: (opcode: Opcode) => F
): Readonly<Record<K, F>> =>
  Object.fromEntries(Object.entries<Opcode>(opcodes).map(([name, opcode]) => [name, form(opcode)])) as Record<K, F>

/**
 * Loads, stores and bulk memory. Every access takes an address and a constant byte `offset` that costs nothing at run time.
 *
 * @category wasm
 */
import { appendByte, appendUnsigned } from './bytes.ts'
import type { Output } from './bytes.ts'
import { appendOpcode, lift, liftI32 } from './code.ts'
import type { Code, Opcode, Operand, ValueType } from './code.ts'

/** `align` is the base-two logarithm of the promised alignment; wrong promises are legal for plain accesses. */
export const appendAccess = (out: Output, opcode: Opcode, align: number, offset: number): void => {
  appendOpcode(out, opcode)
  appendUnsigned(out, align)
  appendUnsigned(out, offset)
}

export type Load<T extends ValueType> = (address: Operand<'i32'>, offset?: number) => Code<T>
export type Store<T extends ValueType> = (address: Operand<'i32'>, value: Operand<T>, offset?: number) => Code

export const load =
  <T extends ValueType>(opcode: Opcode, align: number): Load<T> =>
  (address, offset = 0) => {
    const at = liftI32(address)
    return (out) => {
      at(out)
      appendAccess(out, opcode, align, offset)
    }
  }

export const store =
  <T extends ValueType>(type: T, opcode: Opcode, align: number): Store<T> =>
  (address, value, offset = 0) => {
    const at = liftI32(address)
    const what = lift(type, value)
    return (out) => {
      at(out)
      what(out)
      appendAccess(out, opcode, align, offset)
    }
  }

const bulk = (
  first: Operand<'i32'>,
  second: Operand<'i32'>,
  third: Operand<'i32'>,
  opcode: Opcode,
  indices: number
): Code => {
  const operands = [liftI32(first), liftI32(second), liftI32(third)]
  return (out) => {
    for (const operand of operands) operand(out)
    appendOpcode(out, opcode)
    for (let index = 0; index < indices; index++) appendByte(out, 0)
  }
}

export const memory: {
  /** Sets `length` bytes from `address` to `byte`. */
  readonly fill: (address: Operand<'i32'>, byte: Operand<'i32'>, length: Operand<'i32'>) => Code
  /** Copies `length` bytes; the ranges may overlap. */
  readonly copy: (target: Operand<'i32'>, source: Operand<'i32'>, length: Operand<'i32'>) => Code
  /** Size in pages of 64 KiB. */
  readonly size: Code<'i32'>
} = {
  fill: (address, byte, length) => bulk(address, byte, length, (0xfc << 16) | 11, 1),
  copy: (target, source, length) => bulk(target, source, length, (0xfc << 16) | 10, 2),
  size: (out) => {
    appendByte(out, 0x3f)
    appendByte(out, 0)
  }
}

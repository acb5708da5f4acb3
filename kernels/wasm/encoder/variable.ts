/**
 * Locals and globals as expressions.
 *
 * @category wasm
 */
import { appendByte, appendUnsigned } from './bytes.ts'
import { lift } from './code.ts'
import type { Code, Local, Operand, ValueType } from './code.ts'

/** Reads a local or global. */
export const variable =
  <T extends ValueType>(opcode: number, index: number): Code<T> =>
  (out) => {
    appendByte(out, opcode)
    appendUnsigned(out, index)
  }

/** Writes a local or global. */
export const assignment =
  (opcode: number, index: number, value: Code<ValueType>): Code<never> =>
  (out) => {
    value(out)
    appendByte(out, opcode)
    appendUnsigned(out, index)
  }

export const createLocal = <T extends ValueType>(type: T, index: number): Local<T> =>
  Object.assign(variable<T>(0x20, index), {
    set: (value: Operand<T>) => assignment(0x21, index, lift(type, value)),
    tee: (value: Operand<T>) => assignment(0x22, index, lift(type, value))
  })

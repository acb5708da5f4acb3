/**
 * Atomic accesses of 32 bits, and waiting for them. Addresses must be multiples of 4. `wait32` traps on unshared memory and on
 * a browser's main thread.
 *
 * @category wasm
 */
import { appendByte } from './bytes.ts'
import { appendOpcode, liftI32, liftI64 } from './code.ts'
import type { Code, Operand } from './code.ts'
import { appendAccess, load, store } from './memory.ts'
import type { Load, Store } from './memory.ts'

const atomic = (number: number): number => (0xfe << 16) | number

type Update = (address: Operand<'i32'>, value: Operand<'i32'>, offset?: number) => Code<'i32'>

const access =
  (number: number, ...operands: readonly Code<never>[]) =>
  (offset: number): Code<'i32'> =>
  (out) => {
    for (const operand of operands) operand(out)
    appendAccess(out, atomic(number), 2, offset)
  }

const update =
  (number: number): Update =>
  (address, value, offset = 0) =>
    access(number, liftI32(address) as Code<never>, liftI32(value) as Code<never>)(offset)

export const atomics: {
  readonly load: Load<'i32'>
  readonly store: Store<'i32'>
  /** These return what was there before. */
  readonly add: Update
  readonly sub: Update
  readonly and: Update
  readonly or: Update
  readonly xor: Update
  readonly exchange: Update
  readonly compareExchange: (
    address: Operand<'i32'>,
    expected: Operand<'i32'>,
    replacement: Operand<'i32'>,
    offset?: number
  ) => Code<'i32'>
  /** Waits for at most `timeout` nanoseconds, or for ever if it is negative. Returns 0: woken, 1: the word was not `expected`, 2: timed out. */
  readonly wait32: (
    address: Operand<'i32'>,
    expected: Operand<'i32'>,
    timeout: Operand<'i64'>,
    offset?: number
  ) => Code<'i32'>
  /** Returns how many threads were woken. */
  readonly notify: (address: Operand<'i32'>, count: Operand<'i32'>, offset?: number) => Code<'i32'>
  readonly fence: Code
} = {
  load: load(atomic(0x10), 2),
  store: store('i32', atomic(0x17), 2),
  add: update(0x1e),
  sub: update(0x25),
  and: update(0x2c),
  or: update(0x33),
  xor: update(0x3a),
  exchange: update(0x41),
  compareExchange: (address, expected, replacement, offset = 0) =>
    access(
      0x48,
      liftI32(address) as Code<never>,
      liftI32(expected) as Code<never>,
      liftI32(replacement) as Code<never>
    )(offset),
  wait32: (address, expected, timeout, offset = 0) =>
    access(
      0x01,
      liftI32(address) as Code<never>,
      liftI32(expected) as Code<never>,
      liftI64(timeout) as Code<never>
    )(offset),
  notify: update(0x00),
  fence: (out) => {
    appendOpcode(out, atomic(0x03))
    appendByte(out, 0)
  }
}

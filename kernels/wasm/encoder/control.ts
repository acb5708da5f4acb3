/**
 * Blocks, loops, branches and calls. Labels are values handed to the body, so no one counts nesting depths:
 *
 * ```text
 * block((done) => [loop((again) => [branchIf(done, i32.eqz(n)), n.set(i32.sub(n, 1)), branch(again)])])
 * ```
 *
 * @category wasm
 */
import { appendByte, appendUnsigned } from './bytes.ts'
import type { Output } from './bytes.ts'
import { appendBody, lift, liftI32 } from './code.ts'
import type { Body, Code, Local, Operand, ValueType } from './code.ts'
import { i32 } from './numeric.ts'

/** A branch target; `depth` is set while its block is being emitted. */
export interface Label {
  depth: number
}

const EMPTY = 0x40
const END = 0x0b

const structured =
  (opcode: number, body: (label: Label) => Body): Code =>
  (out) => {
    const label: Label = { depth: ++out.depth }
    appendByte(out, opcode)
    appendByte(out, EMPTY)
    appendBody(out, body(label))
    appendByte(out, END)
    out.depth--
  }

/** Branching to the label leaves the block. */
export const block = (body: (exit: Label) => Body): Code => structured(0x02, body)

/** Branching to the label starts the next round; falling off the end leaves the loop. */
export const loop = (body: (again: Label) => Body): Code => structured(0x03, body)

export const ifThen = (condition: Operand<'i32'>, then: Body, otherwise?: Body): Code => {
  const test = liftI32(condition)
  return (out) => {
    test(out)
    out.depth++
    appendByte(out, 0x04)
    appendByte(out, EMPTY)
    appendBody(out, then)
    if (otherwise !== undefined) {
      appendByte(out, 0x05)
      appendBody(out, otherwise)
    }
    appendByte(out, END)
    out.depth--
  }
}

const appendBranch = (out: Output, opcode: number, label: Label): void => {
  appendByte(out, opcode)
  appendUnsigned(out, out.depth - label.depth)
}

export const branch =
  (label: Label): Code =>
  (out) =>
    appendBranch(out, 0x0c, label)

export const branchIf = (label: Label, condition: Operand<'i32'>): Code => {
  const test = liftI32(condition)
  return (out) => {
    test(out)
    appendBranch(out, 0x0d, label)
  }
}

/** Leaves the function, with `value` if it has a result. */
export const leave =
  (value?: Code<ValueType>): Code =>
  (out) => {
    value?.(out)
    appendByte(out, 0x0f)
  }

export const unreachable: Code = (out) => appendByte(out, 0x00)

/** Evaluates and forgets. */
export const drop =
  (value: Code<ValueType>): Code =>
  (out) => {
    value(out)
    appendByte(out, 0x1a)
  }

/** Both sides are evaluated. */
export const select = <T extends ValueType>(
  type: T,
  condition: Operand<'i32'>,
  whenTrue: Operand<T>,
  whenFalse: Operand<T>
): Code<T> => {
  const [a, b, test] = [lift(type, whenTrue), lift(type, whenFalse), liftI32(condition)]
  return (out) => {
    a(out)
    b(out)
    test(out)
    appendByte(out, 0x1b)
  }
}

/** `for (index = start; index < end; index += step)`, signed, tested once before and once a round. */
export const forRange = (
  index: Local<'i32'>,
  start: Operand<'i32'>,
  end: Operand<'i32'>,
  step: number,
  body: Body
): Code => {
  const test = i32.ltS(index, end)
  return (out) => {
    index.set(start)(out)
    ifThen(
      test,
      loop((again) => [body, index.set(i32.add(index, step)), branchIf(again, test)])
    )(out)
  }
}

/** The same when at least one round is certain: no test before. */
export const forRangeOnce =
  (index: Local<'i32'>, start: Operand<'i32'>, end: Operand<'i32'>, step: number, body: Body): Code =>
  (out) => {
    index.set(start)(out)
    loop((again) => [body, index.set(i32.add(index, step)), branchIf(again, i32.ltS(index, end))])(out)
  }

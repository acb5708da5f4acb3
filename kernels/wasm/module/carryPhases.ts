import { i32, memory, select } from '../encoder/index.ts'
import type { Schedule } from '../../../src/compiler/schedule.ts'
import { elementBytes } from '../../../src/tensor/dtype.ts'
import type { Stage } from '../stages/stage.ts'

/** Byte addresses and a count of bytes. */
interface Copy {
  readonly from: number
  readonly to: number
  readonly bytes: number
}

/** Bytes that one task copies. */
const piece = 65536

const copyStage = (name: string, { from, to, bytes }: Copy): Stage => {
  const tasks = Math.ceil(bytes / piece)
  const rest = bytes - (tasks - 1) * piece
  return {
    kernel: undefined,
    name,
    tasks,
    cost: Math.min(bytes, piece) / 10 + 20,
    run: (task) => {
      const start = i32.mul(task, piece)
      const count = tasks === 1 ? bytes : select('i32', i32.eq(task, tasks - 1), rest, piece)
      return memory.copy(i32.add(start, to), i32.add(start, from), count)
    }
  }
}

/**
 * Makes the phases that run between two steps: they copy the first `carry` outputs to the first `carry` inputs, where
 * they do not lie there already. An output that lies where another copy writes is first set aside in memory from `reserve`.
 */
export const carryPhases = (
  { buffers, inputs, outputs }: Schedule,
  addresses: readonly number[],
  carry: number,
  reserve: (bytes: number) => number
): readonly (readonly Stage[])[] => {
  const bytesOf = ({ size, dtype }: Schedule['buffers'][number]): number => size * elementBytes[dtype]
  const moves = Array.from({ length: carry }, (_, i): Copy => {
    const from = addresses[outputs[i]!]!
    return { from, to: addresses[inputs[i]!]!, bytes: bytesOf(buffers[inputs[i]!]!) }
  }).filter(({ from, to, bytes }) => from !== to && bytes > 0)
  const overwritten = new Set(moves.map(({ to }) => to))
  const aside: Copy[] = []
  const copies = moves.map((move): Copy => {
    if (!overwritten.has(move.from)) return move
    const room = reserve(move.bytes)
    aside.push({ ...move, to: room })
    return { ...move, from: room }
  })
  return [aside.map((copy) => copyStage('set aside', copy)), copies.map((copy) => copyStage('carry', copy))].filter(
    (phase) => phase.length > 0
  )
}

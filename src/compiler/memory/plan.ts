import type { DType } from '../../tensor/dtype.ts'
import type { Slot } from './pack.ts'
import { pack } from './pack.ts'
import { livenessOf } from './liveness.ts'
import type { Liveness } from './liveness.ts'
import type { Schedule } from '../schedule.ts'
import { elementBytes } from '../../tensor/dtype.ts'

/**
 * Where every buffer lies in one memory: [constants, inputs, arena]. Constants and inputs keep their places from step to
 * step; temporaries share the arena, those whose lives overlap (in levels, since the kernels of one level may run at
 * once) apart. A kernel may have an output where one of its operands is: then that operand is read at the very point that
 * is written, in loops without a reduction, and a device has to load all of a point's elements before it stores one.
 */
export interface MemoryPlan {
  /** Byte offset of each buffer. */
  readonly offsets: readonly number[]
  /** Of all three regions together, alignment included. */
  readonly bytes: number
  readonly constantBytes: number
  readonly inputBytes: number
  readonly arenaBytes: number
  /** The most that lives in the arena at once, which no plan for this order can go below. */
  readonly liveBytes: number
  /** Outputs of the carry that do not lie in their input's place: after the last level, in any order, copied there. */
  readonly copies: readonly { readonly from: number; readonly to: number }[]
}

export interface PlanOptions {
  /** How many of the first inputs and outputs are the carry (default 0). */
  readonly carry?: number
  /** Of offsets, in bytes (default 64). */
  readonly alignment?: number
  readonly elementBytes?: Readonly<Record<DType, number>>
}

/** The operand of its writer in whose place a temporary may lie, if it dies there. */
const predecessor = (
  made: Schedule,
  buffer: number,
  { writer, levelOf, lastRead, readersAt, isReadHere }: Liveness,
  slots: ReadonlyMap<number, Slot>,
  bytesOf: (buffer: number) => number
): Slot | undefined => {
  const kernel = writer[buffer]!
  const level = levelOf[kernel]!
  for (const read of new Set(made.kernels[kernel]!.reads.map(({ buffer: b }) => b))) {
    const slot = slots.get(read)
    if (slot === undefined || slot.end !== level || slot.buffers.at(-1) !== read) continue
    if (lastRead[read] !== level || readersAt(read, level) !== 1) continue
    if (
      made.buffers[read]!.size === made.buffers[buffer]!.size &&
      bytesOf(read) === bytesOf(buffer) &&
      isReadHere(kernel, read)
    )
      return slot
  }
  return undefined
}

/**
 * Outputs of the carry that can be written where their inputs are, by output buffer. (No input of the carry is another output's buffer: schedules copy it.)
 */
const replacements = (made: Schedule, readings: Liveness, carry: number): ReadonlyMap<number, number> => {
  const { writer, levelOf, readers, isReadHere } = readings
  const placed = new Map<number, number>()
  for (let i = 0; i < carry; i++) {
    const [input, output] = [made.inputs[i]!, made.outputs[i]!]
    const kernel = writer[output]
    if (kernel === undefined || placed.has(output)) continue
    const fits = readers(input).every(
      (reader) => levelOf[reader]! < levelOf[kernel]! || (reader === kernel && isReadHere(kernel, input))
    )
    if (fits) placed.set(output, input)
  }
  return placed
}

export const planMemory = (made: Schedule, options: PlanOptions = {}): MemoryPlan => {
  const { carry = 0, alignment = 64 } = options
  const perElement = options.elementBytes ?? elementBytes
  const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment
  const { buffers } = made
  const bytesOf = (buffer: number): number => aligned(buffers[buffer]!.size * perElement[buffers[buffer]!.dtype])
  const readings = livenessOf(made)
  const offsets = new Array<number>(buffers.length).fill(0)

  let bytes = 0
  const region = (kind: 'constant' | 'input'): number => {
    const start = bytes
    buffers.forEach(({ role }, i) => {
      if (role.kind !== kind) return
      offsets[i] = bytes
      bytes += bytesOf(i)
    })
    return bytes - start
  }
  const constantBytes = region('constant')
  const inputBytes = region('input')

  const replaced = replacements(made, readings, carry)
  const slots = new Map<number, Slot>()
  const all: Slot[] = []
  const end = made.levels.length
  const results = new Set(made.outputs)
  made.kernels.forEach((kernel, k) => {
    for (const buffer of kernel.writes) {
      if (replaced.has(buffer)) continue
      const last = results.has(buffer) ? end : (readings.lastRead[buffer] ?? readings.levelOf[k]!)
      const before = predecessor(made, buffer, readings, slots, (b) => perElement[buffers[b]!.dtype])
      const slot = before ?? { buffers: [], bytes: bytesOf(buffer), start: readings.levelOf[k]!, end: last }
      if (before === undefined) all.push(slot)
      slot.buffers.push(buffer)
      slot.end = last
      slots.set(buffer, slot)
    }
  })
  const packed = pack(all, end)
  all.forEach((slot, i) => slot.buffers.forEach((buffer) => (offsets[buffer] = bytes + packed.offsets[i]!)))
  for (const [output, input] of replaced) offsets[output] = offsets[input]!

  const copies = made.outputs
    .slice(0, carry)
    .map((from, i) => ({ from, to: made.inputs[i]! }))
    .filter(({ from, to }) => offsets[from] !== offsets[to] && buffers[from]!.size > 0)
  return {
    offsets,
    bytes: bytes + packed.bytes,
    constantBytes,
    inputBytes,
    arenaBytes: packed.bytes,
    liveBytes: packed.liveBytes,
    copies
  }
}

import type { DType } from '../../tensor/dtype.ts'
import type { Slot } from './pack.ts'
import { pack } from './pack.ts'
import { livenessOf } from './liveness.ts'
import type { Liveness } from './liveness.ts'
import type { Role, Schedule } from '../schedule.ts'
import { elementBytes } from '../../tensor/dtype.ts'
import { range } from '../../tensor/shape.ts'

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

/** Finds the slot of an operand of its writer in whose place a temporary may lie, since the operand dies there. */
const predecessor = (
  made: Schedule,
  buffer: number,
  { writer, levelOf, lastRead, readersAt, isReadHere }: Liveness,
  slots: ReadonlyMap<number, Slot>,
  elementBytesOf: (buffer: number) => number
): Slot | undefined => {
  const kernel = writer[buffer]!
  const level = levelOf[kernel]!
  for (const read of new Set(made.kernels[kernel]!.reads.map(({ buffer: b }) => b))) {
    const slot = slots.get(read)
    if (slot === undefined || slot.end !== level || slot.buffers.at(-1) !== read) continue
    if (lastRead[read] !== level || readersAt(read, level) !== 1) continue
    if (
      made.buffers[read]!.size === made.buffers[buffer]!.size &&
      elementBytesOf(read) === elementBytesOf(buffer) &&
      isReadHere(kernel, read)
    )
      return slot
  }
  return undefined
}

/**
 * Finds outputs of the carry that can be written where their inputs are: a map from output buffer to input buffer. (No
 * input of the carry is another output's buffer: schedules copy it.)
 */
const replacements = (made: Schedule, liveness: Liveness, carry: number): ReadonlyMap<number, number> => {
  const { writer, levelOf, readers, isReadHere } = liveness
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

/** How large buffers are, in bytes. */
interface Sizes {
  readonly ofElement: (buffer: number) => number
  /** Of the whole buffer, aligned. */
  readonly ofBuffer: (buffer: number) => number
}

const sizesOf = ({ buffers }: Schedule, { alignment = 64, elementBytes: bytes = elementBytes }: PlanOptions): Sizes => {
  const ofElement = (buffer: number): number => bytes[buffers[buffer]!.dtype]
  return {
    ofElement,
    ofBuffer: (buffer) => Math.ceil((buffers[buffer]!.size * ofElement(buffer)) / alignment) * alignment
  }
}

/** Lays buffers one behind the other from byte `start` on. */
const row = (
  buffers: readonly number[],
  start: number,
  { ofBuffer }: Sizes
): { readonly offsets: ReadonlyMap<number, number>; readonly bytes: number } => {
  const offsets = new Map<number, number>()
  let end = start
  for (const buffer of buffers) {
    offsets.set(buffer, end)
    end += ofBuffer(buffer)
  }
  return { offsets, bytes: end - start }
}

/** Gathers the temporaries that share a place one after the other; those of `elsewhere` have theirs already. */
const slotsOf = (
  made: Schedule,
  liveness: Liveness,
  sizes: Sizes,
  elsewhere: ReadonlyMap<number, number>
): readonly Slot[] => {
  const results = new Set(made.outputs)
  const slots: Slot[] = []
  const slotOf = new Map<number, Slot>()
  made.kernels.forEach(({ writes }, k) => {
    const level = liveness.levelOf[k]!
    for (const buffer of writes) {
      if (elsewhere.has(buffer)) continue
      const end = results.has(buffer) ? made.levels.length : (liveness.lastRead[buffer] ?? level)
      const before = predecessor(made, buffer, liveness, slotOf, sizes.ofElement)
      const slot = before ?? { buffers: [], bytes: sizes.ofBuffer(buffer), start: level, end }
      if (before === undefined) slots.push(slot)
      slot.buffers.push(buffer)
      slot.end = end
      slotOf.set(buffer, slot)
    }
  })
  return slots
}

/** Gives every buffer of a schedule its place in one memory. */
export const planMemory = (made: Schedule, options: PlanOptions = {}): MemoryPlan => {
  const { carry = 0 } = options
  const { buffers } = made
  const sizes = sizesOf(made, options)
  const liveness = livenessOf(made)
  const ofRole = (kind: Role['kind']): readonly number[] =>
    range(buffers.length).filter((b) => buffers[b]!.role.kind === kind)
  const constants = row(ofRole('constant'), 0, sizes)
  const inputs = row(ofRole('input'), constants.bytes, sizes)
  const replaced = replacements(made, liveness, carry)
  const slots = slotsOf(made, liveness, sizes, replaced)
  const arena = pack(slots, made.levels.length)
  const arenaStart = constants.bytes + inputs.bytes
  const temporaries = new Map(
    slots.flatMap((slot, i) => slot.buffers.map((buffer) => [buffer, arenaStart + arena.offsets[i]!] as const))
  )
  const placeOf = (buffer: number): number =>
    constants.offsets.get(buffer) ?? inputs.offsets.get(buffer) ?? temporaries.get(buffer) ?? 0
  const offsets = buffers.map((_, buffer) => placeOf(replaced.get(buffer) ?? buffer))
  return {
    offsets,
    bytes: arenaStart + arena.bytes,
    constantBytes: constants.bytes,
    inputBytes: inputs.bytes,
    arenaBytes: arena.bytes,
    liveBytes: arena.liveBytes,
    copies: made.outputs
      .slice(0, carry)
      .map((from, i) => ({ from, to: made.inputs[i]! }))
      .filter(({ from, to }) => offsets[from] !== offsets[to] && buffers[from]!.size > 0)
  }
}

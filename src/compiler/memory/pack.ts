import { range } from '../../tensor/shape.ts'

/** What shares one place of the arena over time. */
export interface Slot {
  readonly buffers: number[]
  readonly bytes: number
  readonly start: number
  end: number
}

export interface Packed {
  /** One a slot. */
  readonly offsets: readonly number[]
  readonly bytes: number
  readonly liveBytes: number
}

/** Counts the most bytes that live in one level. */
const peakOf = (slots: readonly Slot[], levels: number): number => {
  const change = new Float64Array(levels + 2)
  for (const { bytes, start, end } of slots) {
    change[start]! += bytes
    change[end + 1]! -= bytes
  }
  let live = 0
  let peak = 0
  for (const step of change) peak = Math.max(peak, (live += step))
  return peak
}

const overlap = (a: Slot, b: Slot): boolean => a.start <= b.end && b.start <= a.end

/** A slot with its offset. */
interface Placed {
  readonly slot: Slot
  readonly offset: number
}

/** The offset of the smallest gap that holds a slot between those that live at the same time, `placed` being in the order of their offsets. */
const gapFor = (own: Slot, placed: readonly Placed[]): number => {
  let [end, best, least] = [0, -1, Infinity]
  for (const { slot, offset } of placed) {
    if (!overlap(slot, own)) continue
    const gap = offset - end
    if (gap >= own.bytes && gap < least) [best, least] = [end, gap]
    end = Math.max(end, offset + slot.bytes)
  }
  return best >= 0 ? best : end
}

/** The first position behind all that lie at most at `offset`, by bisection. */
const positionFor = (offset: number, placed: readonly Placed[]): number => {
  let [low, high] = [0, placed.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (placed[middle]!.offset <= offset) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Packs slots so that those whose lives overlap do not: the largest first, each into the smallest gap that holds it.
 *
 * @see Pisarchyk and Lee, Efficient memory management for deep neural net inference (2020), greedy by size
 */
export const pack = (slots: readonly Slot[], levels: number): Packed => {
  const order = range(slots.length).toSorted(
    (i, j) => slots[j]!.bytes - slots[i]!.bytes || slots[i]!.start - slots[j]!.start
  )
  const offsets = slots.map(() => 0)
  const placed: Placed[] = []
  for (const i of order) {
    const slot = slots[i]!
    if (slot.bytes === 0) continue
    const offset = gapFor(slot, placed)
    offsets[i] = offset
    placed.splice(positionFor(offset, placed), 0, { slot, offset })
  }
  const bytes = placed.reduce((most, { slot, offset }) => Math.max(most, offset + slot.bytes), 0)
  return { offsets, bytes, liveBytes: peakOf(slots, levels) }
}

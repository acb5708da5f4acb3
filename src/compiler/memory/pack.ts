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

/** The most bytes that live in one level. */
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

/**
 * Offsets such that slots whose lives overlap do not: the largest first, each into the smallest gap that holds it.
 *
 * @see Pisarchyk and Lee, Efficient memory management for deep neural net inference (2020), greedy by size
 */
export const pack = (slots: readonly Slot[], levels: number): Packed => {
  const order = slots
    .map((_, i) => i)
    .sort((i, j) => slots[j]!.bytes - slots[i]!.bytes || slots[i]!.start - slots[j]!.start)
  const offsets = new Array<number>(slots.length).fill(0)
  // By offset, so that the gaps for a slot show in one walk.
  const placed: number[] = []
  let bytes = 0
  for (const i of order) {
    const own = slots[i]!
    if (own.bytes === 0) continue
    let [end, best, least] = [0, -1, Infinity]
    for (const j of placed) {
      const other = slots[j]!
      if (other.end < own.start || own.end < other.start) continue
      const gap = offsets[j]! - end
      if (gap >= own.bytes && gap < least) [best, least] = [end, gap]
      end = Math.max(end, offsets[j]! + other.bytes)
    }
    const offset = best >= 0 ? best : end
    offsets[i] = offset
    bytes = Math.max(bytes, offset + own.bytes)
    let [low, high] = [0, placed.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (offsets[placed[middle]!]! <= offset) low = middle + 1
      else high = middle
    }
    placed.splice(low, 0, i)
  }
  return { offsets, bytes, liveBytes: peakOf(slots, levels) }
}

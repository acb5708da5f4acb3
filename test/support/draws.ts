import type { Data, DType } from '../../src/tensor/dtype.ts'
import type { Shape } from '../../src/tensor/shape.ts'
import { sizeOf } from '../../src/tensor/shape.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'

/** Random choices that follow from a seed, so that a case is one number and can be drawn again. */
export interface Draws {
  /** Uniform in [low, high). */
  readonly real: (low: number, high: number) => number
  /** Uniform from low to high, both included. */
  readonly int: (low: number, high: number) => number
  readonly pick: <A>(options: readonly A[]) => A
  readonly chance: (probability: number) => boolean
  readonly shuffle: <A>(items: readonly A[]) => readonly A[]
}

export const drawsFrom = (seed: number): Draws => {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return {
    real: (low, high) => low + next() * (high - low),
    int,
    pick: (options) => options[int(0, options.length - 1)]!,
    chance: (probability) => next() < probability,
    shuffle: (items) =>
      items
        .map((item) => ({ item, at: next() }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ item }) => item)
  }
}

/** A tensor of drawn elements; what is float32 by dtype holds doubles. */
export const drawTensor = (shape: Shape, element: () => number, dtype: DType = 'float32'): Tensor => {
  const values = Array.from({ length: sizeOf(shape) }, element)
  const data: Data =
    dtype === 'float32' ? new Float64Array(values) : dtype === 'int32' ? new Int32Array(values) : new Uint8Array(values)
  return { shape, dtype, data }
}

/** Rank 0 to 3; half of the axes are of extent 1, and one shape in sixteen is empty. */
export const drawShape = (d: Draws, minRank = 0, maxRank = 3, empty = true): Shape => {
  const shape = Array.from({ length: d.int(minRank, maxRank) }, () => (d.chance(0.4) ? 1 : d.int(2, 3)))
  return empty && shape.length > 0 && d.chance(1 / 16) ? shape.with(d.int(0, shape.length - 1), 0) : shape
}

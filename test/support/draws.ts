import fc from 'fast-check'
import type { Data, DType } from '../../src/tensor/dtype.ts'
import type { Shape } from '../../src/tensor/shape.ts'
import { sizeOf } from '../../src/tensor/shape.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'

/** Random choices, each of which fast-check records and shrinks: numbers toward 0, options toward the first, chances toward no. */
export interface Draws {
  /** Uniform in [low, high). */
  readonly real: (low: number, high: number) => number
  /** Uniform from low to high, both included. */
  readonly int: (low: number, high: number) => number
  readonly pick: <A>(options: readonly A[]) => A
  readonly chance: (probability: number) => boolean
  readonly shuffle: <A>(items: readonly A[]) => readonly A[]
}

/** The others of two kinds of choice. */
const drawsBy = (real: Draws['real'], int: Draws['int']): Draws => ({
  real,
  int,
  pick: (options) => options[int(0, options.length - 1)]!,
  chance: (probability) => int(0, 999_999) >= 1_000_000 * (1 - probability),
  shuffle: (items) => {
    const left = [...items]
    return items.map(() => left.splice(int(0, left.length - 1), 1)[0]!)
  }
})

type Source = () => fc.Arbitrary<number>
const sources = new Map<string, Source>()

/** The same source for the same bounds: by it fast-check knows what a recorded number was drawn from. */
const sourceOf = (kind: 'int' | 'real', low: number, high: number): Source => {
  const key = `${kind} ${String(low)} ${String(high)}`
  const known = sources.get(key)
  if (known !== undefined) return known
  const step = kind === 'int' ? 1 : (high - low) / 2 ** 24
  // Multiples of the step, so that numbers are as uniform as integers and 0 is among them where it may be.
  const [min, max] = [Math.ceil(low / step), kind === 'int' ? high : Math.ceil(high / step) - 1]
  const made = fc.noBias(fc.integer({ min, max })).map((n) => n * step, (x) => Math.round((x as number) / step)) // prettier-ignore
  const source = (): fc.Arbitrary<number> => made
  sources.set(key, source)
  return source
}

/** `fc.gen` takes nothing from the stream that it draws from later, so that two in a row would draw the same: this lies between. */
const distance = fc.noShrink(fc.array(fc.nat(), { minLength: 100, maxLength: 100, size: 'max' }))

/** Choices of a test, drawn as it goes. */
export const draws: fc.Arbitrary<Draws> = fc.tuple(distance, fc.gen()).map(([, generate]) => {
  const numbers = (kind: 'int' | 'real') => (low: number, high: number) => generate(sourceOf(kind, low, high))
  return drawsBy(numbers('real'), numbers('int'))
})

/** Neighbouring seeds of fast-check begin alike; these do not. */
export const scattered = (seed: number): number => Math.imul((Math.imul(seed + 1, 0x9e3779b1) >>> 0) ^ (seed << 7), 0x85ebca6b) // prettier-ignore

const units = fc.infiniteStream(fc.noBias(fc.nat(2 ** 30 - 1)), {
  noHistory: true
})

/** The choices that follow from a seed, where a test wants the same ones each time; nothing of them is recorded. */
export const drawsFrom = (seed: number): Draws => {
  const [stream] = fc.sample(units, { seed: scattered(seed), numRuns: 1 }) as [fc.Stream<number>]
  const next = (): number => (stream.next().value as number) / 2 ** 30
  return drawsBy(
    (low, high) => low + next() * (high - low),
    (low, high) => low + Math.floor(next() * (high - low + 1))
  )
}

/** Choices of numbers, all by one choice: what shrinks is a case, and what it is run on only as a whole. */
export const numbersOf = (d: Draws): Draws => drawsFrom(d.int(0, 2 ** 20))

/** Choices that can be made again from the beginning, for what runs several times and has to do the same each time. */
export const repeatable = (d: Draws): (() => Draws) => {
  const taken: number[] = []
  return () => {
    let at = 0
    const next = (draw: () => number): number => {
      if (at === taken.length) taken.push(draw())
      return taken[at++]!
    }
    return drawsBy(
      (low, high) => next(() => d.real(low, high)),
      (low, high) => next(() => d.int(low, high))
    )
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

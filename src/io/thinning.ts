/** Holds a curve thinned to fewer points: the mean of each stretch, and its lowest and highest value. */
export interface Thinned {
  readonly x: readonly number[]
  readonly mean: readonly (number | null)[]
  readonly low: readonly (number | null)[]
  readonly high: readonly (number | null)[]
}

/** Turns numbers that are missing, not finite or null into gaps. */
const finite = (values: readonly (number | null | undefined)[]): readonly number[] =>
  values.filter((v): v is number => typeof v === 'number' && Number.isFinite(v))

/**
 * Thins `values` over `x` to at most `most` points, each for a stretch of equally many neighbours; x is the last of a
 * stretch. A curve of no more points comes out as it is.
 */
export const thin = (x: readonly number[], values: readonly (number | null)[], most: number): Thinned => {
  const width = Math.max(1, Math.ceil(x.length / most))
  const count = Math.ceil(x.length / width)
  const stretches = Array.from({ length: count }, (_, i) => finite(values.slice(i * width, (i + 1) * width)))
  const of = (f: (some: readonly number[]) => number): readonly (number | null)[] =>
    stretches.map((some) => (some.length === 0 ? null : f(some)))
  return {
    x: Array.from({ length: count }, (_, i) => x[Math.min((i + 1) * width, x.length) - 1]!),
    mean: of((some) => some.reduce((sum, v) => sum + v, 0) / some.length),
    low: of((some) => some.reduce((a, b) => Math.min(a, b))),
    high: of((some) => some.reduce((a, b) => Math.max(a, b)))
  }
}

import { normal } from '../random/normal.ts'
import { foldIn, key } from '../random/key.ts'
import type { Rules } from '../tensor/options.ts'
import { count, notNegative, oneOf, optional } from '../tensor/options.ts'
import type { LinearMap } from './arnoldi.ts'
import { arnoldi } from './arnoldi.ts'
import type { Matrices, Order, RitzValue } from './ritz.ts'
import { ritzValues } from './ritz.ts'

export interface LeadingOptions {
  /** How many eigenvalues are wanted, a whole number of at least 1. One more is given where that would part a complex pair. */
  readonly leading: number
  /** Which come first: those of largest absolute value (default), the leftmost or the rightmost in the complex plane. */
  readonly which?: Order
  /** Of Arnoldi's method, at most: 100 by default. Each takes a derivative of the field and keeps a vector of n doubles. */
  readonly steps?: number
  /** Residual, relative to the largest eigenvalue, below which they are good enough: 1e-8 by default. */
  readonly tolerance?: number
}

/** What its options may be. */
export const leadingRules: Rules = {
  leading: count,
  which: optional(oneOf('largest', 'leftmost', 'rightmost')),
  steps: optional(count),
  tolerance: optional(notNegative)
}

/** How many steps there are between two looks at what was found. */
const interval = 4

/** Takes the first so many, and the other half of a complex pair where that is the next. */
const firstOf = (values: readonly RitzValue[], wanted: number): readonly RitzValue[] =>
  values.slice(0, wanted + (values[wanted - 1]!.imaginary < 0 ? 1 : 0))

/** Computes the leading eigenvalues of a linear map of `size` numbers, from a start that is always the same. */
export const leadingSpectrum = (
  matrices: Matrices,
  apply: LinearMap,
  size: number,
  { leading, which = 'largest', steps = 100, tolerance = 1e-8 }: LeadingOptions
): readonly RitzValue[] => {
  const wanted = Math.min(leading, size)
  const fresh = (step: number): Float64Array => Float64Array.from(normal(foldIn(key(0), step), [size]).data)
  const projection = arnoldi(apply, fresh, Math.min(Math.max(steps, wanted), size), (found) => {
    const count = found.matrix.length
    if (count % interval !== 0 || count <= wanted) return false
    const values = ritzValues(matrices, found, which)
    const largest = Math.max(...values.map(({ real, imaginary }) => Math.hypot(real, imaginary)))
    return firstOf(values, wanted).every(({ residual }) => residual <= tolerance * largest)
  })
  return firstOf(ritzValues(matrices, projection, which), wanted)
}

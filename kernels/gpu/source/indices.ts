import type { Line, Term } from './source.ts'
import { numeral } from './source.ts'

/**
 * Below this bound x + 0.5 is exact, and an error of 2.5 ulp in (x + 0.5) / n, which WGSL allows, cannot reach an
 * integer.
 */
const safelyHalved = 2 ** 20

/**
 * Writes floor(x / n) for an integer x of magnitude at most `bound`. Plain Math.floor(x / n) may give 0 for 41 / 41 where
 * division is inexact, as in WGSL. So x is moved off the multiple by a half; where x is too large for that to be exact, the
 * quotient is corrected by one in either direction, which suffices for IEEE division.
 */
export const quotient = (line: Line, x: Term, n: number, bound: number): Term => {
  if (n === 1) return x
  if (bound < safelyHalved) return line`Math.floor((${x} + 0.5) / ${n})`
  const guess = line`Math.floor(${x} / ${n})`
  const rest = line`${x} - ${guess} * ${n}`
  const less = line`${rest} < 0 ? 1 : 0`
  const more = line`${rest} >= ${n} ? 1 : 0`
  return line`${guess} - ${less} + ${more}`
}

/** Writes x - n floor(x / n), since `%` follows the sign of x and is inexact where division is. */
export const remainder = (line: Line, x: Term, n: number, bound: number): Term =>
  n === 1 ? numeral(0) : line`${x} - ${quotient(line, x, n, bound)} * ${n}`

/** Writes the index on each axis of the row-major position x; undefined where the extent is 1. */
export const splitIndex = (line: Line, x: Term, extents: readonly number[]): readonly (Term | undefined)[] => {
  const indices = new Array<Term | undefined>(extents.length)
  let rest = x
  let size = extents.reduce((a, b) => a * b, 1)
  for (let i = extents.length - 1; i >= 0; i--) {
    const extent = extents[i]!
    if (extent === 1) continue
    const outer = size / extent
    indices[i] = outer === 1 ? rest : remainder(line, rest, extent, size)
    if (outer > 1) rest = quotient(line, rest, extent, size)
    size = outer
  }
  return indices
}

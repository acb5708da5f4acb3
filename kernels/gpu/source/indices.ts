import type { Line, Term } from './source.ts'
import { numeral } from './source.ts'

/** Below this x and x + 0.5 are exact and the quotient's error, even WGSL's 2.5 ulp, stays under half a divisor's part. */
const safelyHalved = 2 ** 20

/**
 * floor(x / n) for an integer x of magnitude at most `bound`. Plain Math.floor(x / n) gives 0 for 41 / 41 where division
 * is inexact, as in WGSL; so x is moved off the multiple, or, where x has no bit left for that, the result is corrected
 * by one: enough for IEEE division.
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

/** x - n floor(x / n): `%` follows the sign of x, and is inexact where division is. */
export const remainder = (line: Line, x: Term, n: number, bound: number): Term =>
  n === 1 ? numeral(0) : line`${x} - ${quotient(line, x, n, bound)} * ${n}`

/** The indices of row-major position x; undefined where the extent is 1. */
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

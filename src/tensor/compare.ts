/**
 * Computes the error of an array against expected numbers, max |a - b| / max(1, max |expected|); NaN where one alone is
 * NaN.
 */
export const errorAgainst = (actual: ArrayLike<number>, expected: ArrayLike<number>): number => {
  if (actual.length !== expected.length) return Infinity
  let difference = 0
  let scale = 1
  for (let i = 0; i < expected.length; i++) {
    const a = actual[i]!
    const e = expected[i]!
    if (Number.isFinite(e)) scale = Math.max(scale, Math.abs(e))
    if (Object.is(a, e) || a === e) continue
    if (!Number.isFinite(a) || !Number.isFinite(e)) return NaN
    difference = Math.max(difference, Math.abs(a - e))
  }
  return difference / scale
}

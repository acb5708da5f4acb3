const floats = new Float32Array(2)
const bits = new Int32Array(floats.buffer)

/** Floats in order: neighbours differ by 1, both zeros are 0. */
const rank = (n: number): number => (bits[n]! < 0 ? -(bits[n]! & 0x7fffffff) : bits[n]!)

/** How many floats `actual` is from the float nearest to `exact`; NaN is nearest to itself alone. */
export const ulps = (actual: number, exact: number): number => {
  if (Number.isNaN(actual) || Number.isNaN(exact)) return Number.isNaN(actual) && Number.isNaN(exact) ? 0 : Infinity
  floats[0] = actual
  floats[1] = exact
  return Math.abs(rank(0) - rank(1))
}

/** The float with these bits. */
export const floatOf = (pattern: number): number => {
  bits[0] = pattern
  return floats[0]!
}

export const patternOf = (value: number): number => {
  floats[0] = value
  return bits[0]!
}

/**
 * Intervals that integers of an expression lie in, ends included.
 *
 * @category wasm
 */
export interface Range {
  readonly low: number
  readonly high: number
}

/** The interval of an int32 of which nothing is known. */
export const anyInteger: Range = { low: -2147483648, high: 2147483647 }

/** Returns an interval; that of all int32 where int32 arithmetic could wrap around. */
export const range = (low: number, high: number): Range =>
  low >= anyInteger.low && high <= anyInteger.high ? { low, high } : anyInteger

/** Tells whether nothing is known. */
export const isAny = ({ low, high }: Range): boolean => low === anyInteger.low || high === anyInteger.high

export const isInside = (inner: Range, low: number, high: number): boolean => inner.low >= low && inner.high <= high

export const addRanges = (a: Range, b: Range): Range => range(a.low + b.low, a.high + b.high)

export const scaleRange = ({ low, high }: Range, by: number): Range =>
  by >= 0 ? range(low * by, high * by) : range(high * by, low * by)

const ends = (values: readonly number[]): Range => range(Math.min(...values), Math.max(...values))

type Rule = (x: Range, y: Range) => Range
const rules: Readonly<Record<string, Rule>> = {
  add: addRanges,
  sub: (x, y) => addRanges(x, scaleRange(y, -1)),
  mul: (x, y) => ends([x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high]),
  max: (x, y) => range(Math.max(x.low, y.low), Math.max(x.high, y.high)),
  min: (x, y) => range(Math.min(x.low, y.low), Math.min(x.high, y.high)),
  floorDivide: (x, y) =>
    y.low > 0 ? ends([x.low, x.high].flatMap((a) => [Math.floor(a / y.low), Math.floor(a / y.high)])) : anyInteger,
  modulo: (x, y) => (y.low > 0 ? (isInside(x, 0, y.low - 1) ? x : { low: 0, high: y.high - 1 }) : anyInteger),
  shiftRight: (x, y) => (x.low >= 0 && y.low === y.high ? range(x.low >>> y.low, x.high >>> y.low) : anyInteger)
}

/** Returns the interval of an operation's results. */
export const rangeOf = (name: string, x: Range, y: Range): Range => rules[name]?.(x, y) ?? anyInteger

/** Returns the result of a comparison of integers where the intervals decide it. */
export const decide = (name: string, x: Range, y: Range): boolean | undefined => {
  if (name === 'lt') return x.high < y.low ? true : x.low >= y.high ? false : undefined
  if (name === 'ge') return x.high < y.low ? false : x.low >= y.high ? true : undefined
  if (name === 'gt') return x.low > y.high ? true : x.high <= y.low ? false : undefined
  if (name === 'le') return x.low > y.high ? false : x.high <= y.low ? true : undefined
  const apart = x.high < y.low || x.low > y.high
  return apart ? name === 'ne' : undefined
}

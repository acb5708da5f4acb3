import type { ScaleOptions } from '@observablehq/plot'

/** Describes an axis: what it is of, whether it is logarithmic, and values that it has to hold. */
export interface Axis {
  readonly label: string
  readonly values: Iterable<number>
  readonly logarithmic?: boolean
  /** How many ticks are wished. */
  readonly ticks?: number
  /** Whether 0 lies on it. */
  readonly zero?: boolean
  /** Whether it goes on to round numbers; true by default. */
  readonly nice?: boolean
}

/** Shows a number beside its tick: `0.001`, `12,000`, `1e-9`. */
export const tickText = (x: number): string => {
  const size = Math.abs(x)
  const text =
    x !== 0 && (size >= 1e6 || size < 1e-3)
      ? Number(x.toPrecision(4)).toExponential().replace('e+', 'e')
      : x.toLocaleString('en-US', { maximumSignificantDigits: 5 })
  return text.replaceAll('-', '−')
}

/** Tests for a number that has a place on an axis: neither infinite nor so large or small that pixels between two are none. */
export const isDrawable = (x: number, logarithmic = false): boolean =>
  Math.abs(x) <= 1e100 && (!logarithmic || x >= 1e-100)

/** Finds the interval of what is drawn; one value gets room about it, none at all an interval of its own. */
export const domainOf = ({ values, logarithmic = false, zero = false }: Axis): readonly [number, number] => {
  let [low, high] = zero ? [0, 0] : [Infinity, -Infinity]
  for (const x of values) if (isDrawable(x, logarithmic)) [low, high] = [Math.min(low, x), Math.max(high, x)]
  if (low > high) return logarithmic ? [0.1, 1] : [0, 1]
  if (low < high) return [low, high]
  if (logarithmic) return [low / 3, high * 3]
  const room = Math.abs(low) / 2 || 1
  return zero && low === 0 ? [0, 1] : [low - room, high + room]
}

/** Lists powers of ten of an interval, every k-th where there are more than seven, and 2 and 5 between where there are few. */
const decades = (low: number, high: number): readonly number[] => {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))]
  const apart = Math.ceil((last - first) / 6)
  const factors = last - first <= 2 ? [1, 2, 5] : [1]
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((p) => (p - first) % apart === 0)
  // By text: 10 ** -5 is not 1e-5.
  return powers.flatMap((p) => factors.map((f) => Number(`${String(f)}e${String(p)}`)))
}

/** Makes the options of Plot for an axis, with few ticks, at round numbers. */
export const scaleOf = (axis: Axis): ScaleOptions & { readonly ticks: number | readonly number[] } => {
  const [low, high] = domainOf(axis)
  const { logarithmic = false, ticks = 5 } = axis
  const powers = logarithmic ? decades(low, high).filter((x) => x >= low && x <= high) : []
  return {
    label: null,
    domain: [low, high],
    nice: axis.nice !== false && !logarithmic,
    tickFormat: tickText as (x: unknown) => string,
    ...(logarithmic ? { type: 'log', ticks: powers.length < 3 ? ticks : powers } : { type: 'linear', ticks })
  }
}

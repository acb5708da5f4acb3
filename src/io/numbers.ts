/** Shows a whole number with its thousands apart: `12,300`. */
export const showCount = (n: number): string => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',')

/** Shows a number in a few significant digits, 3 by default: `0.812`, `12300`, `1.3e-7`. */
export const showNumber = (x: number, digits = 3): string => {
  const size = Math.abs(x)
  if (!Number.isFinite(x) || x === 0) return String(x)
  return size >= 1e5 || size < 1e-3
    ? x.toExponential(digits - 2).replace('+', '')
    : String(Number(x.toPrecision(digits)))
}

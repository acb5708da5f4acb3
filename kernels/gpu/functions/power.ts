import type { Exponential } from './exponential.ts'
import { log } from './logarithm.ts'
import type { Line, Term } from '../source/source.ts'

const largest = 3.4028234663852886e38

/**
 * Writes x^y as e^(y log |x|) with the sign that an integer exponent gives. A negative base with another exponent gives NaN,
 * by the root of x; the base -Infinity has every power. Devices' own powers take a logarithm that is wrong near 1, and no
 * negative base.
 */
export const powerBy =
  (exp: Exponential) =>
  (line: Line, x: Term, y: Term): Term => {
    const size = line`Math.abs(${x})`
    const some = exp(line, line`${y} * ${log(line, size)}`)
    const power = line`${y} === 0 ? 1 : ${some}`
    const half = line`Math.floor(${y} * 0.5)`
    const odd = line`${y} - ${half} * 2`
    const minus = line`-${power}`
    const turned = line`${odd} > 0.5 ? ${minus} : ${power}`
    const whole = line`Math.floor(${y})`
    const root = line`Math.sqrt(${x})`
    const other = line`${x} < ${-largest} ? ${power} : ${root}`
    const negative = line`${whole} === ${y} ? ${turned} : ${other}`
    return line`${x} < 0 ? ${negative} : ${power}`
  }

/** Writes x^n for an integer n by repeated squaring. */
export const integerPower = (line: Line, x: Term, n: number): Term => {
  if (n < 0) return line`1 / ${integerPower(line, x, -n)}`
  if (n === 0) return line`1`
  if (n === 1) return x
  const root = integerPower(line, x, Math.floor(n / 2))
  const square = line`${root} * ${root}`
  return n % 2 === 0 ? square : line`${square} * ${x}`
}

import { polynomial } from './polynomial.ts'
import type { Line, Term } from '../source/source.ts'

// With s = x / (2 + x), log(1 + x) = log((1 + s) / (1 - s)) = 2 s (1 + s^2 / 3 + s^4 / 5 ...), and |s| is at most 1/3.
const artanh = [1, 1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11, 1 / 13, 1 / 15].map((c) => 2 * c)

/** Writes log(1 + x) for x from -1/2 to 1. */
export const log1pNear = (line: Line, x: Term): Term => {
  const s = line`${x} / (${x} + 2)`
  const q = line`${s} * ${s}`
  return line`${polynomial(line, q, artanh)} * ${s}`
}

const isNear = (line: Line, x: Term): Term => line`Math.abs(${x} - 0.25) < 0.75 ? 1 : 0`

/** Writes log x. Devices may give anything for a negative x, so NaN comes from its root. */
const nativeLog = (line: Line, x: Term): Term => line`${x} < 0 ? ${line`Math.sqrt(${x})`} : ${line`Math.log(${x})`}`

/** Writes log x, near 1 by a series, since devices promise no more than an absolute error there. */
export const log = (line: Line, x: Term): Term => {
  const beyond = line`${x} - 1`
  return line`${isNear(line, beyond)} > 0.5 ? ${log1pNear(line, beyond)} : ${nativeLog(line, x)}`
}

/** Writes log(1 + x). */
export const log1p = (line: Line, x: Term): Term =>
  line`${isNear(line, x)} > 0.5 ? ${log1pNear(line, x)} : ${nativeLog(line, line`${x} + 1`)}`

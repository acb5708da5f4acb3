import { polynomial } from './polynomial.ts'
import type { Line, Term } from '../source/source.ts'

// By s = x / (2 + x): log((1 + s) / (1 - s)) = 2 s (1 + s^2 / 3 + s^4 / 5 ...), with |s| at most 1/3.
const artanh = [1, 1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11, 1 / 13, 1 / 15].map((c) => 2 * c)

/** log(1 + x) for x from -1/2 to 1. */
export const log1pNear = (line: Line, x: Term): Term => {
  const s = line`${x} / (${x} + 2)`
  const q = line`${s} * ${s}`
  return line`${polynomial(line, q, artanh)} * ${s}`
}

const isNear = (line: Line, x: Term): Term => line`Math.abs(${x} - 0.25) < 0.75 ? 1 : 0`

/** What a device calls the logarithm of a negative number may be anything, its root is NaN. */
const ofAny = (line: Line, x: Term): Term => line`${x} < 0 ? ${line`Math.sqrt(${x})`} : ${line`Math.log(${x})`}`

/** Near 1 devices promise an absolute error alone. */
export const log = (line: Line, x: Term): Term => {
  const beyond = line`${x} - 1`
  return line`${isNear(line, beyond)} > 0.5 ? ${log1pNear(line, beyond)} : ${ofAny(line, x)}`
}

export const log1p = (line: Line, x: Term): Term =>
  line`${isNear(line, x)} > 0.5 ? ${log1pNear(line, x)} : ${ofAny(line, line`${x} + 1`)}`

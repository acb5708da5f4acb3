import { polynomial } from './polynomial.ts'
import type { Line, Term } from '../source/source.ts'

/** Writes e^x: `nativeExp` or `composedExp`. */
export type Exponential = (line: Line, x: Term) => Term

/** Calls the device's own: an error of a few units in the last place, more where the result is large or small. */
export const nativeExp: Exponential = (line, x) => line`Math.exp(${x})`

const log2e = Math.LOG2E
// log 2 in two parts; n times the first is exact.
const log2High = 0.693359375
const log2Low = -2.12194440054690583e-4
/** (e^r - 1 - r) / r^2 on |r| <= log(2) / 2. */
const coefficients = [
  0.5000000061948822, 0.16666542848625182, 0.04166628161347513, 0.008366608262486997, 0.0013946490685626811
]

/** Writes 2^h for an integer h from -63 to 64, bit by bit: kernels cannot set the exponent of a float. */
const powerOfTwo = (line: Line, h: Term): Term => {
  let rest = line`${h} + 63`
  let power = line`${2 ** -63}`
  for (const bit of [64, 32, 16, 8, 4, 2, 1]) {
    const less = line`${rest} - ${bit}`
    const more = line`${power} * ${2 ** bit}`
    power = line`${less} < 0 ? ${power} : ${more}`
    rest = line`${less} < 0 ? ${rest} : ${less}`
  }
  return power
}

/**
 * Writes e^x as 2^n e^r with x = n log 2 + r, in operations that every vector unit has, within 1.5 units in the last place.
 * Results below the smallest normal number are 0.
 */
export const composedExp: Exponential = (line, x) => {
  const low = line`${x} > 89 ? 89 : ${x}`
  const n = line`Math.floor(${low} * ${log2e} + 0.5)`
  const high = line`${low} - ${n} * ${log2High}`
  const r = line`${high} - ${n} * ${log2Low}`
  const near = line`${polynomial(line, r, [1, ...coefficients])} * ${r} + 1`
  // 2^n in two factors, since 2^128 is no float although the result may be one.
  const half = line`Math.floor(${n} * 0.5)`
  const power = powerOfTwo(line, half)
  const twice = line`${power} * 2`
  const other = line`${n} - ${half} * 2 > 0.5 ? ${twice} : ${power}`
  return line`${x} < -87.3 ? 0 : ${near} * ${power} * ${other}`
}

import { polynomial } from './polynomial.ts'
import type { Line, Term } from '../source/source.ts'

// pi / 2 in three parts, of which n times the first two is exact as far as angles go (Cephes, S. L. Moshier 1992).
const quarter = [1.5703125, 4.837512969970703125e-4, 7.54978995489188216e-8]
const largestAngle = 8192

/** Coefficients of sin(r) / r and of cos(r) as polynomials in r^2, for |r| up to pi / 4. */
const sine = [1, -0.16666654943607084, 0.008332178140059935, -0.00019517298138088234]
const cosine = [1, -0.5, 0.04166664686628157, -0.0013887367507592133, 2.4438450631440582e-5]

/**
 * Writes sin(x + quarters pi / 2) by a polynomial of the angle's distance from the nearest quarter turn. Devices promise an
 * error of 2^-11 within half a turn and nothing beyond. Angles so large that their last digit is a part of a turn are left
 * to the device.
 */
const shiftedSine =
  (quarters: 0 | 1, native: (line: Line, x: Term) => Term) =>
  (line: Line, x: Term): Term => {
    const n = line`Math.floor(${x} * ${2 / Math.PI} + 0.5)`
    const r = quarter.reduce((rest, part) => line`${rest} - ${n} * ${part}`, x)
    const square = line`${r} * ${r}`
    const ofSine = line`${polynomial(line, square, sine)} * ${r}`
    const ofCosine = polynomial(line, square, cosine)
    const turned = quarters === 0 ? n : line`${n} + ${quarters}`
    const half = line`Math.floor(${turned} * 0.5)`
    const value = line`${turned} - ${half} * 2 > 0.5 ? ${ofCosine} : ${ofSine}`
    const pairs = line`Math.floor(${half} * 0.5)`
    const minus = line`-${value}`
    const signed = line`${half} - ${pairs} * 2 > 0.5 ? ${minus} : ${value}`
    return line`Math.abs(${x}) < ${largestAngle} ? ${signed} : ${native(line, x)}`
  }

export const sin = shiftedSine(0, (line, x) => line`Math.sin(${x})`)
export const cos = shiftedSine(1, (line, x) => line`Math.cos(${x})`)

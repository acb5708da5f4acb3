import type { BinaryName, CompareName, UnaryName } from '../../../src/nest/functions.ts'
import type { Exponential } from './exponential.ts'
import { composedExp, nativeExp } from './exponential.ts'
import { log, log1p, log1pNear } from './logarithm.ts'
import { polynomial } from './polynomial.ts'
import { powerBy } from './power.ts'
import type { Line, Term } from '../source/source.ts'
import { cos, sin } from './trigonometric.ts'

/**
 * Writes a function of x in operations that mean the same on every back end of gpu.js. The back ends' own functions are each
 * wrong somewhere: tanh overflows to NaN in GLSL and WGSL, log1p and expm1 lose all digits near 0, pow of a negative base
 * is NaN.
 */
type Unary = (line: Line, x: Term) => Term
type UnaryBy = (exp: Exponential) => Unary
type Binary = (line: Line, x: Term, y: Term) => Term

const signed = (line: Line, x: Term, magnitude: Term): Term => {
  const negative = line`-${magnitude}`
  return line`${x} < 0 ? ${negative} : ${magnitude}`
}

/** Writes e^-|x|, which never overflows. */
const decay = (line: Line, x: Term, exp: Exponential): Term => {
  const size = line`Math.abs(${x})`
  return exp(line, line`-${size}`)
}

const factorials = [1, 2, 6, 24, 120, 720, 5040, 40320, 362880]
const exponential = factorials.map((f) => 1 / f)
const expm1: UnaryBy = (exp) => (line, x) => {
  const near = line`${polynomial(line, x, exponential)} * ${x}`
  const far = line`${exp(line, x)} - 1`
  return line`Math.abs(${x}) < 0.5 ? ${near} : ${far}`
}

const tangent = [1, -1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155925]
const tanh: UnaryBy = (exp) => (line, x) => {
  const q = line`${x} * ${x}`
  const near = line`${polynomial(line, q, tangent)} * ${x}`
  const e = decay(line, line`${x} * 2`, exp)
  const far = signed(line, x, line`(1 - ${e}) / (1 + ${e})`)
  return line`Math.abs(${x}) < 0.3 ? ${near} : ${far}`
}

const logistic: UnaryBy = (exp) => (line, x) => {
  const e = decay(line, x, exp)
  const top = line`${x} < 0 ? ${e} : 1`
  return line`${top} / (1 + ${e})`
}

const softplus: UnaryBy = (exp) => (line, x) => {
  const above = line`Math.max(${x}, 0)`
  return line`${above} + ${log1pNear(line, decay(line, x, exp))}`
}

// 2 / sqrt(pi) (x - x^3 / 3 + x^5 / 10 - ...).
const errorSeries = [1, ...factorials].map(
  (f, n) => ((n % 2 === 0 ? 1 : -1) * 2) / Math.sqrt(Math.PI) / (f * (2 * n + 1))
)
/**
 * Writes erf x by Abramowitz and Stegun 7.1.26, within 1.5e-7; by its series near 0, where that would be a large part of
 * it.
 */
const erf: UnaryBy = (exp) => (line, x) => {
  const size = line`Math.abs(${x})`
  const square = line`${x} * ${x}`
  const near = line`${polynomial(line, square, errorSeries)} * ${x}`
  const t = line`1 / (${size} * 0.3275911 + 1)`
  const p = polynomial(line, t, [0, 0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429])
  const rest = line`${p} * ${exp(line, line`-${square}`)}`
  const far = signed(line, x, line`1 - ${rest}`)
  return line`${size} < 0.84375 ? ${near} : ${far}`
}

/** Writes the sign of x. Where x is neither above nor below 0 it is x itself, which keeps NaN and the sign of 0. */
const sign: Unary = (line, x) => {
  const below = line`${x} < 0 ? -1 : ${x}`
  return line`${x} > 0 ? 1 : ${below}`
}

const unaryBy = (exp: Exponential): Readonly<Record<UnaryName, Unary>> => ({
  neg: (line, x) => line`-${x}`,
  exp,
  log,
  log1p,
  expm1: expm1(exp),
  sin,
  cos,
  tanh: tanh(exp),
  logistic: logistic(exp),
  softplus: softplus(exp),
  erf: erf(exp),
  sqrt: (line, x) => line`Math.sqrt(${x})`,
  abs: (line, x) => line`Math.abs(${x})`,
  sign,
  floor: (line, x) => line`Math.floor(${x})`
})

const binaryBy = (exp: Exponential): Readonly<Record<BinaryName, Binary>> => ({
  add: (line, x, y) => line`${x} + ${y}`,
  sub: (line, x, y) => line`${x} - ${y}`,
  mul: (line, x, y) => line`${x} * ${y}`,
  div: (line, x, y) => line`${x} / ${y}`,
  pow: powerBy(exp),
  max: (line, x, y) => line`Math.max(${x}, ${y})`,
  min: (line, x, y) => line`Math.min(${x}, ${y})`
})

export interface Functions {
  readonly unary: Readonly<Record<UnaryName, Unary>>
  readonly binary: Readonly<Record<BinaryName, Binary>>
}

const functionsBy = (exp: Exponential): Functions => ({ unary: unaryBy(exp), binary: binaryBy(exp) })

/** Functions that stand on the device's own e^x. */
export const nativeFunctions = functionsBy(nativeExp)
/** Functions that stand on e^x in the kernel's own operations. */
export const composedFunctions = functionsBy(composedExp)

/** Comparisons, which give 1 or 0. */
export const compareFunctions: Readonly<Record<CompareName, Binary>> = {
  eq: (line, x, y) => line`${x} === ${y} ? 1 : 0`,
  ne: (line, x, y) => line`${x} !== ${y} ? 1 : 0`,
  lt: (line, x, y) => line`${x} < ${y} ? 1 : 0`,
  le: (line, x, y) => line`${x} <= ${y} ? 1 : 0`,
  gt: (line, x, y) => line`${x} > ${y} ? 1 : 0`,
  ge: (line, x, y) => line`${x} >= ${y} ? 1 : 0`
}

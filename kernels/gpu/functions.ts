import type { BinaryName, CompareName, UnaryName } from '../nest/expression.ts'
import type { Line, Term } from './source.ts'

/**
 * Functions in operations that mean the same on every back end of gpu.js. What a back end has of its own is wrong
 * somewhere: tanh overflows to NaN in GLSL and WGSL, log1p and expm1 lose everything near 0, pow of a negative base is NaN.
 */
type Unary = (line: Line, x: Term) => Term
type Binary = (line: Line, x: Term, y: Term) => Term

/** c[0] + c[1] x + c[2] x^2 ... */
const polynomial = (line: Line, x: Term, [first, ...rest]: readonly number[]): Term =>
  rest.length === 0 ? line`${first!}` : line`${polynomial(line, x, rest)} * ${x} + ${first!}`

const signed = (line: Line, x: Term, magnitude: Term): Term => {
  const negative = line`-${magnitude}`
  return line`${x} < 0 ? ${negative} : ${magnitude}`
}

/** e^-|x|, which never overflows. */
const decay = (line: Line, x: Term): Term => {
  const size = line`Math.abs(${x})`
  return line`Math.exp(-${size})`
}

// By s = x / (2 + x): log((1 + s) / (1 - s)) = 2 s (1 + s^2 / 3 + s^4 / 5 ...), with |s| at most 1/3.
const artanh = [1, 1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11, 1 / 13, 1 / 15].map((c) => 2 * c)
const log1p: Unary = (line, x) => {
  const s = line`${x} / (${x} + 2)`
  const q = line`${s} * ${s}`
  const near = line`${polynomial(line, q, artanh)} * ${s}`
  const far = line`Math.log(${x} + 1)`
  return line`Math.abs(${x}) < 0.5 ? ${near} : ${far}`
}

const factorials = [1, 2, 6, 24, 120, 720, 5040, 40320, 362880]
const exponential = factorials.map((f) => 1 / f)
const expm1: Unary = (line, x) => {
  const near = line`${polynomial(line, x, exponential)} * ${x}`
  const far = line`Math.exp(${x}) - 1`
  return line`Math.abs(${x}) < 0.5 ? ${near} : ${far}`
}

const tangent = [1, -1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155925]
const tanh: Unary = (line, x) => {
  const q = line`${x} * ${x}`
  const near = line`${polynomial(line, q, tangent)} * ${x}`
  const e = decay(line, line`${x} * 2`)
  const far = signed(line, x, line`(1 - ${e}) / (1 + ${e})`)
  return line`Math.abs(${x}) < 0.3 ? ${near} : ${far}`
}

const logistic: Unary = (line, x) => {
  const e = decay(line, x)
  const top = line`${x} < 0 ? ${e} : 1`
  return line`${top} / (1 + ${e})`
}

const softplus: Unary = (line, x) => {
  const above = line`Math.max(${x}, 0)`
  return line`${above} + ${log1p(line, decay(line, x))}`
}

// 2 / sqrt(pi) (x - x^3 / 3 + x^5 / 10 - ...).
const errorSeries = [1, ...factorials].map(
  (f, n) => ((n % 2 === 0 ? 1 : -1) * 2) / Math.sqrt(Math.PI) / (f * (2 * n + 1))
)
/** Abramowitz and Stegun 7.1.26, within 1.5e-7; the series where that is much beside the value. */
const erf: Unary = (line, x) => {
  const size = line`Math.abs(${x})`
  const square = line`${x} * ${x}`
  const near = line`${polynomial(line, square, errorSeries)} * ${x}`
  const t = line`1 / (${size} * 0.3275911 + 1)`
  const p = polynomial(line, t, [0, 0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429])
  const rest = line`${p} * Math.exp(-${square})`
  const far = signed(line, x, line`1 - ${rest}`)
  return line`${size} < 0.84375 ? ${near} : ${far}`
}

/** The number itself where neither holds: that keeps NaN and the sign of 0. */
const sign: Unary = (line, x) => {
  const below = line`${x} < 0 ? -1 : ${x}`
  return line`${x} > 0 ? 1 : ${below}`
}

export const unaryFunctions: Readonly<Record<UnaryName, Unary>> = {
  neg: (line, x) => line`-${x}`,
  exp: (line, x) => line`Math.exp(${x})`,
  log: (line, x) => line`Math.log(${x})`,
  log1p,
  expm1,
  sin: (line, x) => line`Math.sin(${x})`,
  cos: (line, x) => line`Math.cos(${x})`,
  tanh,
  logistic,
  softplus,
  erf,
  sqrt: (line, x) => line`Math.sqrt(${x})`,
  abs: (line, x) => line`Math.abs(${x})`,
  sign,
  floor: (line, x) => line`Math.floor(${x})`
}

const largest = 3.4028234663852886e38

/** Of |x|, with the sign that an integer exponent gives; NaN, by the root of x, where there is no power: -Infinity has all. */
const pow: Binary = (line, x, y) => {
  const size = line`Math.abs(${x})`
  const power = line`Math.pow(${size}, ${y})`
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

export const binaryFunctions: Readonly<Record<BinaryName, Binary>> = {
  add: (line, x, y) => line`${x} + ${y}`,
  sub: (line, x, y) => line`${x} - ${y}`,
  mul: (line, x, y) => line`${x} * ${y}`,
  div: (line, x, y) => line`${x} / ${y}`,
  pow,
  max: (line, x, y) => line`Math.max(${x}, ${y})`,
  min: (line, x, y) => line`Math.min(${x}, ${y})`
}

/** 1 or 0. */
export const compareFunctions: Readonly<Record<CompareName, Binary>> = {
  eq: (line, x, y) => line`${x} === ${y} ? 1 : 0`,
  ne: (line, x, y) => line`${x} !== ${y} ? 1 : 0`,
  lt: (line, x, y) => line`${x} < ${y} ? 1 : 0`,
  le: (line, x, y) => line`${x} <= ${y} ? 1 : 0`,
  gt: (line, x, y) => line`${x} > ${y} ? 1 : 0`,
  ge: (line, x, y) => line`${x} >= ${y} ? 1 : 0`
}

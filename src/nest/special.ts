/** Functions that Math lacks, in double precision: what the plain interpreter and the reference evaluation share. */

/** 1 / (1 + e^-x), to relative precision in both tails. */
export const logistic = (x: number): number => {
  if (x >= 0) return 1 / (1 + Math.exp(-x))
  const e = Math.exp(x)
  return e / (1 + e)
}

/** log(1 + e^x), to relative precision in the left tail and without overflow in the right one. */
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

/** The int32 nearest to x on the side of zero: out of range the last one, 0 for NaN. What i32.trunc_sat_f32_s does. */
export const truncate = (x: number): number => (x >= 2147483647 ? 2147483647 : x <= -2147483648 ? -2147483648 : x | 0)

/** Points of the trapezoidal rule below, half a unit apart: neither more nor nearer ones change a bit. */
const points = Array.from({ length: 13 }, (_, n) => (n + 1) / 2)

/** 1 - erf(x) for x that are not near 0: the integral of x e^-(x^2 + t^2) / (pi (x^2 + t^2)) over all t. */
const erfc = (x: number): number => {
  const sum = points.reduce((all, t) => all + (2 * Math.exp(-t * t)) / (x * x + t * t), 1 / (x * x))
  // What the rule gives too much, for the poles at t = ix and t = -ix.
  const excess = 2 / Math.expm1(4 * Math.PI * x)
  return (x * Math.exp(-x * x) * sum) / (2 * Math.PI) - excess
}

/**
 * 2 / sqrt(pi) times the integral of e^-t^2 from 0 to x, to the last bit or two: near 0 by its series, else by the
 * trapezoidal rule (F. Matta and A. Reichel, "Uniform computation of the error function and other related functions", 1971).
 */
export const erf = (x: number): number => {
  const a = Math.abs(x)
  if (a >= 6) return Math.sign(x)
  if (a >= 0.85) return Math.sign(x) * (1 - erfc(a))
  // 1 - x^2 / 3 + x^4 / (2! 5) - x^6 / (3! 7) ..., from its end.
  let series = 0
  for (let n = 16; n >= 0; n--) series = 1 / (2 * n + 1) - ((x * x) / (n + 1)) * series
  return (2 / Math.sqrt(Math.PI)) * x * series
}

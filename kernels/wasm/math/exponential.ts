/**
 * e^x and e^x - 1: x = n log 2 + r with |r| <= log(2) / 2, a polynomial of r, and n into the exponent.
 *
 * @category wasm
 */
import { f32x4, i32x4, v128 } from '../encoder/index.ts'
import type { Code, Local } from '../encoder/index.ts'
import { polynomial } from './polynomial.ts'
import { keep } from './sink.ts'
import type { Sink, VectorFunction } from './sink.ts'

const log2e = 1.44269504088896341
// log 2 in two parts; n times the first is exact.
const log2High = 0.693359375
const log2Low = -2.12194440054690583e-4
/** Added to a float below 2^22, it leaves the nearest integer in the low bits. */
const rounder = 12582912
const rounderBits = 0x4b400000
/** (e^r - 1 - r) / r^2 on |r| <= log(2) / 2. */
const coefficients = [
  0.5000000061948822, 0.16666542848625182, 0.04166628161347513, 0.008366608262486997, 0.0013946490685626811
]

/** rounder + n, and e^r - 1. */
interface Reduced {
  readonly shifted: Local<'v128'>
  readonly power: Local<'v128'>
}

const reduce = (sink: Sink, x: Local<'v128'>): Reduced => {
  const shifted = keep(sink, f32x4.add(f32x4.mul(x, log2e), rounder))
  const n = keep(sink, f32x4.sub(shifted, rounder))
  const r = keep(sink, f32x4.sub(f32x4.sub(x, f32x4.mul(n, log2High)), f32x4.mul(n, log2Low)))
  return { shifted, power: keep(sink, f32x4.add(r, f32x4.mul(f32x4.mul(r, r), polynomial(r, coefficients)))) }
}

/** Bounds x; NaN stays NaN. */
export const clamp = (sink: Sink, x: Code<'v128'>, low: number, high: number): Local<'v128'> =>
  keep(sink, f32x4.pmin(f32x4.pmax(x, low), high))

const power = (exponent: Code<'v128'>): Code<'v128'> => i32x4.shl(i32x4.add(exponent, 127), 23)

/** value * 2^n, by two factors, since 2^n may be no normal float although the product is. */
const scale = (sink: Sink, value: Code<'v128'>, shifted: Local<'v128'>): Code<'v128'> => {
  const n = keep(sink, i32x4.sub(shifted, rounderBits))
  const half = keep(sink, i32x4.shrS(n, 1))
  return f32x4.mul(f32x4.mul(value, power(half)), power(i32x4.sub(n, half)))
}

/** e^x for any x; results may be denormal. */
export const exp: VectorFunction = (sink, x) => {
  const inside = clamp(sink, x, -104, 89)
  const reduced = reduce(sink, inside)
  return scale(sink, f32x4.add(reduced.power, 1), reduced.shifted)
}

/** e^x - 1 for -24 <= x <= 0. */
export const expm1OfNegative = (sink: Sink, x: Local<'v128'>): Code<'v128'> => {
  const reduced = reduce(sink, x)
  const factor = keep(sink, i32x4.add(i32x4.shl(reduced.shifted, 23), 0x3f800000))
  return f32x4.add(f32x4.mul(factor, reduced.power), f32x4.sub(factor, 1))
}

/** e^x for -87 <= x <= 0. */
export const expOfNegative = (sink: Sink, x: Local<'v128'>): Code<'v128'> => {
  const reduced = reduce(sink, x)
  return f32x4.mul(f32x4.add(reduced.power, 1), i32x4.add(i32x4.shl(reduced.shifted, 23), 0x3f800000))
}

export const expm1: VectorFunction = (sink, x) => {
  const { shifted, power: small } = reduce(sink, clamp(sink, x, -18, 89))
  // 2^n ((e^r - 1) + (1 - 2^-n)), where 2^-n below the least normal float counts for nothing.
  const inverse = i32x4.shl(i32x4.maxS(i32x4.sub(rounderBits + 127, shifted), 0), 23)
  const value = scale(sink, f32x4.add(small, f32x4.sub(1, inverse)), shifted)
  return v128.or(value, v128.and(x, i32x4.const(-0x80000000)))
}

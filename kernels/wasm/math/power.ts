/**
 * x^y as Math.pow has it (0^0 = NaN^0 = 1, but 1^Infinity is NaN): 2^(y log2 x) in double precision, two lanes at a time.
 *
 * @category wasm
 */
import { f32x4, f64x2, i32x4, i64x2, shuffle32, v128 } from '../encoder/index.ts'
import type { Code, Local } from '../encoder/index.ts'
import { splitExponent } from './logarithm.ts'
import { polynomial64 } from './polynomial.ts'
import { keep } from './sink.ts'
import type { Sink } from './sink.ts'

/** log2(1 + f) / s in s^2 with s = f / (2 + f). */
const logarithm = [
  2.8853900817778495, 0.9617966941143015, 0.5770779420828894, 0.41220928088745346, 0.31990452900930044,
  0.28291683328712086
]
/** (2^r - 1) / r on |r| <= 1/2. */
const exponential = [
  0.6931471805416519, 0.24022651075846807, 0.05550410962582994, 0.009618036911595938, 0.0013333430776835895,
  0.00015467110143109247, 1.5314949303851452e-5
]
/** Added to a double below 2^51, it leaves the nearest integer in the low bits. */
const rounder = 1.5 * 2 ** 52

const signBit = i32x4.const(-0x80000000)

/** Moves the upper two lanes to the lower ones. */
export const upper = (x: Local<'v128'>): Code<'v128'> => shuffle32(x, x, 2, 3, 2, 3)

type Half = (x: Local<'v128'>) => Code<'v128'>
const halves: readonly Half[] = [(x) => x, upper]

/** Computes 2^(y (k + log2 m)) of two lanes. */
const two = (sink: Sink, half: Half, k: Local<'v128'>, m: Local<'v128'>, y: Local<'v128'>): Local<'v128'> => {
  const f = keep(sink, f64x2.sub(f64x2.promoteLowF32x4(half(m)), 1))
  const s = keep(sink, f64x2.div(f, f64x2.add(f, 2)))
  const z = keep(sink, f64x2.mul(s, s))
  const log2 = f64x2.add(f64x2.promoteLowF32x4(half(k)), f64x2.mul(s, polynomial64(z, logarithm)))
  // Far beyond all floats, and still an exponent of a double; pmin and pmax let NaN pass.
  const t = keep(sink, f64x2.pmin(f64x2.pmax(f64x2.mul(f64x2.promoteLowF32x4(half(y)), log2), -300), 300))
  const shifted = keep(sink, f64x2.add(t, rounder))
  const r = keep(sink, f64x2.sub(t, f64x2.sub(shifted, rounder)))
  const scale = i64x2.shl(i64x2.add(shifted, f64x2.const(2 ** -1074 * 1023)), 52)
  const power = f64x2.mul(f64x2.add(f64x2.mul(r, polynomial64(r, exponential)), 1), scale)
  return keep(sink, f32x4.demoteF64x2Zero(power))
}

/** Makes masks of the lanes in which y is an integer, and in which it is an odd one. */
const parity = (sink: Sink, y: Local<'v128'>): { whole: Code<'v128'>; odd: Code<'v128'> } => {
  const half = keep(sink, f32x4.mul(y, 0.5))
  return {
    whole: f32x4.eq(f32x4.floor(y), y),
    odd: v128.and(f32x4.eq(f32x4.floor(y), y), f32x4.ne(f32x4.floor(half), half))
  }
}

export const pow = (sink: Sink, x: Local<'v128'>, y: Local<'v128'>): Code<'v128'> => {
  const a = keep(sink, f32x4.abs(x))
  const [exponent, m] = splitExponent(sink, a, true)
  // log2 of 0, infinity and NaN: the exponent says it all.
  const finite = f32x4.lt(a, Infinity)
  const atZero = v128.bitselect(f32x4.const(-Infinity), exponent, f32x4.eq(a, 0))
  const k = keep(sink, v128.bitselect(atZero, a, finite))
  const [low, high] = halves.map((half) => two(sink, half, k, m, y)) as [Local<'v128'>, Local<'v128'>]
  const value = keep(sink, shuffle32(low, high, 0, 1, 4, 5))
  const { whole, odd } = parity(sink, y)
  const signed = v128.or(value, v128.and(v128.and(x, signBit), odd))
  // A negative base has no broken power, but for -Infinity, whose powers are those of Infinity.
  const valid = v128.or(v128.or(whole, f32x4.ge(x, 0)), f32x4.eq(x, -Infinity))
  const real = v128.bitselect(signed, f32x4.const(NaN), valid)
  return v128.bitselect(f32x4.const(1), real, f32x4.eq(y, 0))
}

/**
 * The functions of e^-|x| that networks are made of.
 *
 * @category wasm
 */
import { f32x4, i32x4, v128 } from '../encoder/index.ts'
import type { Local } from '../encoder/index.ts'
import { exp, expm1OfNegative } from './exponential.ts'
import { polynomial } from './polynomial.ts'
import { keep } from './sink.ts'
import type { Sink, VectorFunction } from './sink.ts'

const signBit = i32x4.const(-0x80000000)

/** -t / (2 + t) with t = e^(-2 |x|) - 1, under the sign of x. */
export const tanh: VectorFunction = (sink, x) => {
  // Beyond 10 tanh is 1; pmax lets NaN pass.
  const twice = keep(sink, f32x4.pmax(f32x4.mul(f32x4.abs(x), -2), -20))
  const t = keep(sink, expm1OfNegative(sink, twice))
  return v128.or(v128.andnot(f32x4.div(t, f32x4.add(t, 2)), signBit), v128.and(x, signBit))
}

const expOfMinusAbs = (sink: Sink, x: Local<'v128'>): Local<'v128'> =>
  keep(sink, exp(sink, keep(sink, v128.or(x, signBit))))

/** 1 / (1 + e) or e / (1 + e), whichever has no cancellation; e = e^-|x|. */
export const logistic: VectorFunction = (sink, x) => {
  const e = expOfMinusAbs(sink, x)
  return f32x4.div(v128.bitselect(f32x4.const(1), e, f32x4.ge(x, 0)), f32x4.add(e, 1))
}

/** (log(1 + e) / s - 2) / s^2 as a polynomial of s^2, s = e / (2 + e), for 0 < e <= 1. */
const coefficients = [0.6666641313247161, 0.4002169906996706, 0.2799914092951733, 0.28024459467121876]

/** max(x, 0) + log(1 + e^-|x|). */
export const softplus: VectorFunction = (sink, x) => {
  const e = expOfMinusAbs(sink, x)
  const s = keep(sink, f32x4.div(e, f32x4.add(e, 2)))
  const z = keep(sink, f32x4.mul(s, s))
  const log1p = f32x4.add(f32x4.add(s, s), f32x4.mul(f32x4.mul(s, z), polynomial(z, coefficients)))
  return f32x4.add(f32x4.pmax(f32x4.const(0), x), log1p)
}

/**
 * log x and log(1 + x): x = 2^k m with m within a factor of sqrt 2 of 1; then log m by a polynomial of f / (2 + f),
 * f = m - 1, as fdlibm has it (e_logf.c, Sun Microsystems 1993).
 *
 * @category wasm
 */
import { f32x4, i32x4, v128 } from '../encoder/index.ts'
import type { Code, Local } from '../encoder/index.ts'
import { polynomial } from './polynomial.ts'
import { keep } from './sink.ts'
import type { Sink, VectorFunction } from './sink.ts'

const log2High = 0.69313812256
const log2Low = 9.0580006145e-6
const coefficients = [0.66666662693, 0.40000972152, 0.28498786688, 0.24279078841]

/** Bits of 1 and of sqrt(1/2). */
const one = 0x3f800000
const sqrtHalf = 0x3f3504f3
const leastNormal = 2 ** -126

/** Computes k as a float, and m, for positive finite floats. Callers replace what comes of others. */
export const splitExponent = (sink: Sink, x: Code<'v128'>, denormal: boolean): [Local<'v128'>, Local<'v128'>] => {
  const given = keep(sink, x)
  const tiny = denormal ? keep(sink, f32x4.lt(given, leastNormal)) : undefined
  const normal = tiny === undefined ? given : v128.bitselect(f32x4.mul(given, 2 ** 23), given, tiny)
  const bits = keep(sink, i32x4.add(normal, one - sqrtHalf))
  const exponent = i32x4.sub(i32x4.shrS(bits, 23), 127)
  const k = tiny === undefined ? exponent : i32x4.sub(exponent, v128.and(tiny, i32x4.const(23)))
  return [keep(sink, f32x4.convertI32x4S(k)), keep(sink, i32x4.add(v128.and(bits, i32x4.const(0x007fffff)), sqrtHalf))]
}

/** log(2^k (1 + f)) + c. */
const assemble = (sink: Sink, k: Local<'v128'>, f: Local<'v128'>, c?: Local<'v128'>): Code<'v128'> => {
  const s = keep(sink, f32x4.div(f, f32x4.add(f, 2)))
  const z = keep(sink, f32x4.mul(s, s))
  const half = keep(sink, f32x4.mul(f32x4.mul(f, f), 0.5))
  const r = f32x4.mul(z, polynomial(z, coefficients))
  const small = f32x4.mul(k, log2Low)
  const low = f32x4.add(f32x4.mul(s, f32x4.add(half, r)), c === undefined ? small : f32x4.add(small, c))
  return f32x4.add(f32x4.add(f32x4.sub(low, half), f), f32x4.mul(k, log2High))
}

/** Returns `value` where x is finite and above `start`; -Infinity at `start`, NaN below it, x itself for Infinity and NaN. */
const withEnds = (sink: Sink, value: Code<'v128'>, x: Local<'v128'>, start: number): Code<'v128'> => {
  const inside = f32x4.lt(x, Infinity)
  const high = keep(sink, v128.bitselect(value, x, inside))
  const low = v128.bitselect(f32x4.const(-Infinity), f32x4.const(NaN), f32x4.eq(x, start))
  return v128.bitselect(low, high, f32x4.le(x, start))
}

export const log: VectorFunction = (sink, x) => {
  const [k, m] = splitExponent(sink, x, true)
  return withEnds(sink, assemble(sink, k, keep(sink, f32x4.sub(m, 1))), x, 0)
}

export const log1p: VectorFunction = (sink, x) => {
  const u = keep(sink, f32x4.add(x, 1))
  const [k, m] = splitExponent(sink, u, false)
  // Near 1 the sum loses what x has: there f is x itself. Elsewhere c makes up for the rounding of u.
  const near = keep(sink, f32x4.eq(k, 0))
  const f = keep(sink, v128.bitselect(x, f32x4.sub(m, 1), near))
  const lost = v128.bitselect(f32x4.sub(1, f32x4.sub(u, x)), f32x4.sub(x, f32x4.sub(u, 1)), f32x4.gt(x, 1))
  const c = keep(sink, v128.andnot(f32x4.div(lost, u), near))
  const value = keep(sink, assemble(sink, k, f, c))
  // x - x^2 / 2 rounds -0 up to 0.
  return withEnds(sink, v128.bitselect(x, value, f32x4.lt(f32x4.abs(x), 2 ** -26)), x, -1)
}

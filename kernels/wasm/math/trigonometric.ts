/**
 * sin and cos: x = n pi/2 + r in double precision, then polynomials of r in single precision. Angles beyond 2^28 are
 * reduced by a function that is slow and exact (angle.ts).
 *
 * @category wasm
 */
import { call, f32x4, f64x2, i32x4, ifThen, shuffle32, v128 } from '../encoder/index.ts'
import type { Code, Local } from '../encoder/index.ts'
import { largestPlain, pairOf } from './angle.ts'
import type { AngleFunction } from './angle.ts'
import { polynomial } from './polynomial.ts'
import { upper } from './power.ts'
import { keep } from './sink.ts'
import type { Sink, VectorFunction } from './sink.ts'

/** pi / 2 in two parts; n times the first is exact. */
const quarterHigh = 1.57079631090164184570312
const quarterLow = 1.58932547735281966916e-8
const rounder = 1.5 * 2 ** 52

const sine = [-0.16666654943607084, 0.008332178140059935, -0.00019517298138088234]
const cosine = [0.04166664686628157, -0.0013887367507592133, 2.4438450631440582e-5]

/** Computes n, in the low half of each double's bits, and r of two angles. */
const reduceTwo = (sink: Sink, angles: Local<'v128'>): { shifted: Local<'v128'>; r: Code<'v128'> } => {
  const shifted = keep(sink, f64x2.add(f64x2.mul(angles, 2 / Math.PI), rounder))
  const n = keep(sink, f64x2.sub(shifted, rounder))
  const r = f64x2.sub(f64x2.sub(angles, f64x2.mul(n, quarterHigh)), f64x2.mul(n, quarterLow))
  return { shifted, r: f32x4.demoteF64x2Zero(r) }
}

/** sin(x + quarters pi/2). */
const shiftedSine =
  (quarters: 0 | 1) =>
  (angle: AngleFunction): VectorFunction =>
  (sink, x) => {
    const low = keep(sink, f64x2.promoteLowF32x4(x))
    const high = keep(sink, f64x2.promoteLowF32x4(upper(x)))
    const lane = (n: number): Code<'f64'> => call(angle, { x: f32x4.extractLane(x, n) })
    sink.put(
      ifThen(v128.anyTrue(f32x4.gt(f32x4.abs(x), largestPlain)), [
        low.set(pairOf(lane(0), lane(1))),
        high.set(pairOf(lane(2), lane(3)))
      ])
    )
    const [a, b] = [reduceTwo(sink, low), reduceTwo(sink, high)]
    const r = keep(sink, shuffle32(a.r, b.r, 0, 1, 4, 5))
    const folded = shuffle32(a.shifted, b.shifted, 0, 2, 4, 6)
    const n = keep(sink, quarters === 0 ? folded : i32x4.add(folded, quarters))
    const z = keep(sink, f32x4.mul(r, r))
    const odd = i32x4.eq(v128.and(n, i32x4.const(1)), 1)
    const ofSine = f32x4.add(r, f32x4.mul(f32x4.mul(z, r), polynomial(z, sine)))
    const ofCosine = f32x4.add(f32x4.sub(1, f32x4.mul(z, 0.5)), f32x4.mul(f32x4.mul(z, z), polynomial(z, cosine)))
    const value = v128.bitselect(ofCosine, ofSine, odd)
    const signed = v128.xor(value, i32x4.shl(v128.and(n, i32x4.const(2)), 30))
    // The sum of the polynomial rounds -0 up to 0.
    return quarters === 0 ? v128.bitselect(x, signed, f32x4.eq(x, 0)) : signed
  }

export const sinWith: (angle: AngleFunction) => VectorFunction = shiftedSine(0)
export const cosWith: (angle: AngleFunction) => VectorFunction = shiftedSine(1)

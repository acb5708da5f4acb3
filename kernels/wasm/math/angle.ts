/**
 * Reduces angles beyond 2^28: x / (2 pi) modulo 1 is computed in integers, with as many digits of 1 / (2 pi) as x needs.
 *
 * @category wasm
 */
import { defineFunction, f32, f64, f64x2, i32, i64, ifThen, leave, select, sharedFunction } from '../encoder/index.ts'
import type { Code, FunctionRef, Module } from '../encoder/index.ts'

/** The largest angle that double precision reduces with one multiplication. */
export const largestPlain = 2 ** 28

/** 2^256 / (2 pi). */
const digits = 0x28be60db9391054a7f09d5f47d4d377036d8a5664f10e4107f9458eaf7aef158n

/** The 64 binary digits of 1 / (2 pi) that follow number 32 * word after the point, as an integer with a sign. */
const window = (word: number): bigint => BigInt.asIntN(64, digits >> BigInt(256 - 64 - 32 * word))

/** Makes code of window(word + offset) for a word from 0 to 3. */
const pick = (word: Code<'i32'>, offset: number): Code<'i64'> =>
  [1, 2, 3].reduce<Code<'i64'>>(
    (other, n) => select('i64', i32.eq(word, n), window(n + offset), other),
    i64.const(window(offset))
  )

/** The function that returns an angle in double precision: x itself, or, where x is large, an equal angle in [-pi, pi]. */
export type AngleFunction = FunctionRef<Readonly<Record<'x', 'f32'>>, 'f64'>

/** Defines it, once in a module. */
export const angleFunction = (module: Module): AngleFunction =>
  sharedFunction(module, 'math.angle', () =>
    defineFunction(module, { params: { x: 'f32' }, result: 'f64' }, (scope, { x }) => {
      const bits = scope.local('i32')
      const exponent = scope.local('i32')
      const word = scope.local('i32')
      const shift = scope.local('i64')
      const mantissa = scope.local('i64')
      const [first, second] = [scope.local('i64'), scope.local('i64')]
      const turns = scope.local('i64')
      const angle = scope.local('f64')
      return [
        bits.set(i32.and(i32.reinterpretF32(x), 0x7fffffff)),
        // Small, infinite or NaN.
        ifThen(i32.or(f32.le(f32.abs(x), largestPlain), i32.geU(bits, 0x7f800000)), leave(f64.promoteF32(x))),
        exponent.set(i32.sub(i32.shrU(bits, 23), 127 + 23)),
        mantissa.set(i64.extendI32U(i32.or(i32.and(bits, 0x7fffff), 0x800000))),
        word.set(i32.shrU(exponent, 5)),
        shift.set(i64.extendI32U(i32.and(exponent, 31))),
        first.set(pick(word, 0)),
        second.set(pick(word, 2)),
        // 96 digits from the exponent-th on, times the mantissa, modulo 1: 64 digits are left.
        turns.set(
          i64.mul(
            mantissa,
            i64.or(
              i64.shl(first, shift),
              // In two steps, since a shift by 64 would be one by 0.
              i64.shrU(i64.shrU(second, 1n), i64.sub(63n, shift))
            )
          )
        ),
        turns.set(i64.add(turns, i64.shrU(i64.mul(mantissa, i64.shrU(i64.shl(second, shift), 32n)), 32n))),
        angle.set(f64.mul(f64.convertI64S(turns), (2 * Math.PI) / 2 ** 64)),
        leave(f64.copysign(angle, f64.mul(angle, f64.promoteF32(f32.copysign(1, x)))))
      ]
    })
  )

/** Makes a vector of two doubles. */
export const pairOf = (first: Code<'f64'>, second: Code<'f64'>): Code<'v128'> =>
  f64x2.replaceLane(f64x2.splat(first), 1, second)

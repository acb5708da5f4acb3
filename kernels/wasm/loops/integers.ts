/**
 * Integer operations that SIMD lacks. Division follows the interpreter: by zero it gives 0, and -2^31 / -1 wraps around.
 *
 * @category wasm
 */
import { f32x4, f64x2, i32, i32x4, shuffle32, v128 } from '../encoder/index.ts'
import type { Code, Local } from '../encoder/index.ts'
import { keep } from '../math/index.ts'
import type { Sink } from '../math/index.ts'
import type { Range } from './range.ts'

type V = Code<'v128'>

const halves: readonly ((x: Local<'v128'>) => V)[] = [(x) => x, (x) => shuffle32(x, x, 2, 3, 2, 3)]

/** Divides in double precision, which is exact enough to round up or down as integers demand. */
const divideExactly = (sink: Sink, x: Local<'v128'>, y: Local<'v128'>, round: 'floor' | 'trunc'): V => {
  const [low, high] = halves.map((half) =>
    keep(
      sink,
      i32x4.truncSatF64x2SZero(
        f64x2[round](f64x2.div(f64x2.convertLowI32x4S(half(x)), f64x2.convertLowI32x4S(half(y))))
      )
    )
  ) as [Local<'v128'>, Local<'v128'>]
  const quotient = shuffle32(low, high, 0, 1, 4, 5)
  const wrapped = v128.bitselect(i32x4.neg(x), quotient, i32x4.eq(y, -1))
  return v128.andnot(wrapped, i32x4.eq(y, 0))
}

/** Divides small numbers by a constant in single precision, which tells their quotients from integers. */
const divideSmall = (x: V, by: number): V =>
  i32x4.truncSatF32x4S(f32x4.floor(f32x4.mul(f32x4.add(f32x4.convertI32x4S(x), 0.5), 1 / by)))
const small = 2 ** 20

const logarithm = (by: number): number | undefined => (by > 0 && (by & (by - 1)) === 0 ? Math.log2(by) : undefined)

/** Rounds x / y down. `constant` is y where it is known; `of` is the interval of x. */
export const floorDivide = (
  sink: Sink,
  x: Local<'v128'>,
  y: Local<'v128'>,
  constant: number | undefined,
  of: Range
): V => {
  const shift = constant === undefined ? undefined : logarithm(constant)
  if (shift !== undefined) return i32x4.shrS(x, shift)
  if (constant !== undefined && constant > 0 && of.low >= -small && of.high <= small) return divideSmall(x, constant)
  return divideExactly(sink, x, y, 'floor')
}

export const modulo: typeof floorDivide = (sink, x, y, constant, of) => {
  if (constant !== undefined && logarithm(constant) !== undefined) return v128.and(x, i32x4.const(constant - 1))
  const quotient = floorDivide(sink, x, y, constant, of)
  const rest = i32x4.sub(x, i32x4.mul(y, quotient))
  return constant === undefined || constant === 0 ? v128.andnot(rest, i32x4.eq(y, 0)) : rest
}

export const divide = (sink: Sink, x: Local<'v128'>, y: Local<'v128'>): V => divideExactly(sink, x, y, 'trunc')

type ShiftName = 'shiftLeft' | 'shiftRight' | 'rotateLeft'

/** Shifts by the same count in all lanes. */
export const shiftBy = (name: ShiftName, x: Local<'v128'>, count: Code<'i32'>): V => {
  if (name === 'shiftLeft') return i32x4.shl(x, count)
  if (name === 'shiftRight') return i32x4.shrU(x, count)
  return v128.or(i32x4.shl(x, count), i32x4.shrU(x, i32.sub(32, count)))
}

const scalarShift = { shiftLeft: i32.shl, shiftRight: i32.shrU, rotateLeft: i32.rotl } as const

/** Shifts each lane by a count of its own. */
export const shiftLanes = (name: ShiftName, x: Local<'v128'>, count: Local<'v128'>): V =>
  [1, 2, 3].reduce(
    (lanes, n) => i32x4.replaceLane(lanes, n, scalarShift[name](i32x4.extractLane(x, n), i32x4.extractLane(count, n))),
    i32x4.splat(scalarShift[name](i32x4.extractLane(x, 0), i32x4.extractLane(count, 0)))
  )

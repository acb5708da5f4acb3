/**
 * Mathematical functions of vectors, emitted in place: each takes a sink, to which it gives statements, and a local, and
 * returns the code of the result. A call would cost as much as an exponential.
 *
 * ```text
 * const math = vectorMath(module)                          // before the module is encoded
 * defineFunction(module, { params: { at: 'i32' }, export: 'run' }, (scope, { at }) => {
 *   const statements: Code[] = []
 *   const sink = { scope, put: (statement: Code) => statements.push(statement) }
 *   const x = keep(sink, v128.load(at))
 *   const y = math.tanh(sink, x)
 *   return [statements, v128.store(at, y)]
 * })
 * ```
 *
 * All are within 4 units in the last place of the rounded exact value, for every float, with zeros, infinities, NaN and
 * denormals as in Math.
 *
 * @category wasm
 */
import type { UnaryName } from '../../../src/nest/functions.ts'
import { f32x4, i32x4, v128 } from '../encoder/index.ts'
import type { Module } from '../encoder/index.ts'
import { angleFunction } from './angle.ts'
import { erf } from './erf.ts'
import { exp, expm1 } from './exponential.ts'
import { log, log1p } from './logarithm.ts'
import { logistic, softplus, tanh } from './sigmoid.ts'
import type { VectorFunction } from './sink.ts'
import { cosWith, sinWith } from './trigonometric.ts'

export { angleFunction } from './angle.ts'
export { pow } from './power.ts'
export { keep } from './sink.ts'
export type { Sink, VectorFunction } from './sink.ts'

/** 1 with the sign of x; zeros and NaN as they are. */
const sign: VectorFunction = (_, x) => {
  const unit = v128.or(v128.and(x, i32x4.const(-0x80000000)), f32x4.const(1))
  return v128.bitselect(unit, x, f32x4.gt(f32x4.abs(x), 0))
}

const plain: Readonly<Record<Exclude<UnaryName, 'sin' | 'cos'>, VectorFunction>> = {
  neg: (_, x) => f32x4.neg(x),
  abs: (_, x) => f32x4.abs(x),
  sqrt: (_, x) => f32x4.sqrt(x),
  floor: (_, x) => f32x4.floor(x),
  sign,
  exp,
  expm1,
  log,
  log1p,
  tanh,
  logistic,
  softplus,
  erf
}

/** The functions of one float. `sin` and `cos` add `angleFunction` to the module when they are first read: read them early. */
export const vectorMath = (module: Module): Readonly<Record<UnaryName, VectorFunction>> => ({
  ...plain,
  get sin() {
    return sinWith(angleFunction(module))
  },
  get cos() {
    return cosWith(angleFunction(module))
  }
})

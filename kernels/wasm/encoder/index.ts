/**
 * A run-time WebAssembly emitter: typed expressions in, module bytes out.
 *
 * ```text
 * const module = withMemory(createModule(), { from: ['env', 'memory'], initial: 16, maximum: 1024, shared: true })
 *
 * const params = { from: 'i32', end: 'i32', factor: 'f32' } as const
 * const scale = defineFunction(module, { params, export: 'scale' }, (scope, { from, end, factor }) => {
 *   const vector = scope.local('v128')                        // a local is itself the expression that reads it
 *   return [                                                  // a body is statements, nested arrays are fine
 *     vector.set(f32x4.splat(factor)),
 *     loop((again) => [
 *       v128.store(from, f32x4.mul(v128.load(from), vector)), // v128.load(address, offset?) : constant offsets are free
 *       from.set(i32.add(from, 16)),                          // numbers lift to constants, constants fold
 *       branchIf(again, i32.ltU(from, end))
 *     ])
 *   ]
 * })
 * defineFunction(module, { params: {}, result: 'i32', export: 'run' }, () => [
 *   call(scale, { from: 0, end: 4096, factor: 0.5 }),
 *   leave(i32.const(0))
 * ])
 *
 * const { exports } = new WebAssembly.Instance(new WebAssembly.Module(encode(module)), { env: { memory } })
 * ```
 *
 * - `Code<'f32'>` is an expression, `Code` (that is `Code<'none'>`) a statement; mixing types up does not compile.
 * - A `Code` value placed twice is emitted twice: put what is used twice into a local (`x.set(...)`, or `x.tee(...)`).
 * - Control: `block`, `loop` (labels are values), `branch`, `branchIf`, `ifThen`, `select`, `forRange`, `call`, `leave`, `drop`.
 * - Scalars `i32 i64 f32 f64`, vectors `v128 f32x4 f64x2 i32x4 i64x2 i8x16 shuffle32`, `atomics`, `memory` (fill, copy).
 * - Names are the specification's in camel case (`ltS`, `load32Splat`, `truncSatF32x4S`); any operand may be a number.
 *   Unsigned comparisons and shifts differ from signed ones as in the specification; there is no implicit choice.
 * - A function with a result ends in `leave(value)` on every path. `sharedFunction(module, key, define)` defines once.
 * - Bodies run when `encode` is called, once, in order of definition; `FunctionRef`s may be used before that.
 *
 * @category wasm
 */
export { atomics } from './atomics.ts'
export { i32Constant, sequence } from './code.ts'
export type { Body, Code, Local, Operand, ValueType } from './code.ts'
export {
  block,
  branch,
  branchIf,
  drop,
  forRange,
  forRangeOnce,
  ifThen,
  leave,
  loop,
  select,
  unreachable
} from './control.ts'
export type { Label } from './control.ts'
export { encode } from './encode.ts'
export { f32x4, f64x2 } from './floats.ts'
export type { Lanes } from './forms.ts'
export { i32x4, i64x2 } from './integers.ts'
export { memory } from './memory.ts'
export {
  addData,
  call,
  createModule,
  defineFunction,
  defineGlobal,
  importFunction,
  sharedFunction,
  withMemory
} from './module.ts'
export type { FunctionRef, GlobalRef, Module, Scope } from './module.ts'
export { multiplyAdd } from './multiplyAdd.ts'
export { f32, f64, i32, i64 } from './numeric.ts'
export { probes } from './probes.ts'
export { i8x16, relaxed, shuffle32, v128 } from './vector.ts'

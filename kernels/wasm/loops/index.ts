/**
 * Loop nests as WebAssembly: `Nest`s and `FusedNest`s (several results in one pass) into functions `(begin, end)` over
 * units of work.
 *
 * ```text
 * const plan = planLoops(fuse(nest), [{ shape: [128, 64], dtype: 'float32' }, ...])   // shapes alone, no addresses
 * const stages = emitLoops(module, plan, {
 *   operands: [1024, ...],          // byte addresses of what the nest loads from, in its order
 *   outputs: [33792],               // and of its results; one may be an operand read at the same index only
 *   scratch: 66560,                 // plan.scratchBytes bytes, if that is not 0
 *   readable: 1 << 20               // bytes of memory that exist, if known
 * })
 * for (const { run, units } of stages) call(run, { begin: 0, end: units })                            // stage by stage
 * ```
 *
 * - A stage's units may be run in any order, in any grouping, by any number of threads: results are the same bits. All of
 *   a stage has to be finished before the next begins (a reduction of much to little has two). `cost` is nanoseconds a
 *   unit, roughly, for cutting work into chunks. A nest without elements has no stages.
 * - Memory: row-major; float32 and int32 as four bytes, bool as one byte, 0 or 1. Aligned addresses are faster.
 * - Every expression is computed once a point, those that do not vary in a loop before it. Values are float32, each
 *   operation rounded; elementary functions are those of kernels/wasm/math. A point's value does not depend on where in
 *   a vector it falls.
 * - Loads that a `select` does not take may be executed, inside of memory: a plain load beside its operand if `readable`
 *   (or what is known of addresses) allows it, else one with its index clamped. Indices that data decide are clamped.
 * - Sums are float32 over at most 4096 points in interleaved chains, then over those sums.
 *
 * Call `emitLoops` before the module is encoded.
 *
 * @category wasm
 */
export { fuse } from '../../../src/nest/fused.ts'
export type { FusedNest } from '../../../src/nest/fused.ts'
export { emitLoops } from './emit.ts'
export type { LoopAddresses, UnitFunction } from './emit.ts'
export { planLoops } from './stages.ts'
export type { LoopPlan } from './stages.ts'
export type { OperandType } from './operandType.ts'

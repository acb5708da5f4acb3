/**
 * Matrix products of constant shape: `emitContraction(module, problem)` adds the functions of one problem to a module.
 *
 * ```text
 * const { run, chunks, scratchBytes } = emitContraction(module, {
 *   batch: 1, m: 256, n: 128, k: 64,
 *   a: { address: x, strides: { batch: 0, row: 64, column: 1 } },           // row = i, column = k
 *   b: { address: w, strides: { batch: 0, row: 1, column: 64 } },           // row = k, column = j; here a transposed W
 *   c: { address: y, strides: { batch: 0, row: 128, column: 1 } },
 *   epilogue: (sum, at) => f32x4.max(f32x4.add(sum, at.read(bias, { batch: 0, row: 0, column: 1 })), 0)
 * })
 * call(run, { chunk, scratch })   // for every chunk in [0, chunks), in any order, on any thread
 * ```
 *
 * Threads take chunks as they like: chunks write disjoint parts of C and each gives the same bits wherever it runs.
 * `scratch` is the calling thread's own, `scratchBytes` long, 16-aligned. C must not overlap A or B.
 *
 * @category wasm
 */
export { emitContraction } from './contraction.ts'
export type { ChunkFunction } from './chunkFunction.ts'
export type { Contraction, Epilogue, Factor, Matrix, ElementAccess, Prologue, Strides } from './problem.ts'

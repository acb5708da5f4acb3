/**
 * Convolutions of constant shape and their two adjoints, as products on the blocked core of `contraction`.
 *
 * ```text
 * const { run, chunks, scratchBytes } = emitForward(module, shape, { x, w, y }, { epilogue })
 * ```
 *
 * `emitForward` computes y, `emitInputGradient` x (from y and w), `emitFilterGradient` w (from x and y); all three take
 * the same shape and the addresses of all three arrays, and give a kernel as `emitContraction` does.
 * An epilogue may use `at.like(base)` for arrays laid out as the result and, for one group, per-channel reads
 * `at.read(bias, { batch: 0, row: 1, column: 0 })` (rows are channels; for w rows are output channels).
 *
 * @category wasm
 */
export { emitFilterGradient } from './filterGradient.ts'
export { emitForward } from './forward.ts'
export { emitInputGradient } from './inputGradient.ts'
export type { ConvolutionOptions } from './options.ts'
export { convolutionFlops, outputSize } from './shape.ts'
export type { Convolution } from './shape.ts'
export { planWinograd } from './winograd/plan.ts'
export { emitWinograd } from './winograd/winograd.ts'

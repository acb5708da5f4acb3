/**
 * What may be fused into a convolution.
 *
 * @category wasm
 */
import type { Epilogue } from '../contraction/index.ts'

export interface ConvolutionOptions {
  /** Adds to what the result's memory holds. */
  readonly accumulate?: boolean
  /** Place.like and per-row (channel) reads are meaningful; rows are the result's channels. */
  readonly epilogue?: Epilogue
  /** Whether the epilogue reads nothing by row, so that rows may be anything. */
  readonly anyRow?: boolean
}

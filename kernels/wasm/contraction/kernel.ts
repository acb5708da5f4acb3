/**
 * What the rest of the compiler sees of a kernel.
 *
 * @category wasm
 */
import type { FunctionRef } from '../encoder/index.ts'

/** run(chunk, scratch): scratch is the calling thread's own, at least `scratchBytes` long and aligned to 16. */
export interface ChunkFunction {
  readonly run: FunctionRef<readonly ['i32', 'i32'], 'none'>
  readonly chunks: number
  readonly scratchBytes: number
}

/**
 * A kernel that is cut into chunks, as the rest of the compiler sees it.
 *
 * @category wasm
 */
import type { FunctionRef } from '../encoder/index.ts'

/** `run` does one chunk. `scratch` is the address of memory of the calling thread's own: `scratchBytes` long, aligned to 16. */
export interface ChunkFunction {
  readonly run: FunctionRef<Readonly<Record<'chunk' | 'scratch', 'i32'>>, 'none'>
  readonly chunks: number
  readonly scratchBytes: number
}

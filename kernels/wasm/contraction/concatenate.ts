/**
 * Several kernels as one.
 *
 * @category wasm
 */
import { call, defineFunction, i32, ifThen } from '../encoder/index.ts'
import type { Body, Module } from '../encoder/index.ts'
import type { ChunkFunction } from './chunkFunction.ts'

/** Makes one kernel whose chunks are those of several, one after the other. */
export const concatenate = (module: Module, kernels: readonly ChunkFunction[]): ChunkFunction => {
  if (kernels.length === 1) return kernels[0] as ChunkFunction
  let before = 0
  const cases = kernels.map(({ run, chunks }) => {
    const first = before
    before += chunks
    return { run, first, end: before }
  })
  const run: ChunkFunction['run'] = defineFunction(
    module,
    { params: { chunk: 'i32', scratch: 'i32' } },
    (_, { chunk, scratch }): Body =>
      cases.map((one) =>
        ifThen(
          i32.and(i32.geS(chunk, one.first), i32.ltS(chunk, one.end)),
          call(one.run, { chunk: i32.sub(chunk, one.first), scratch })
        )
      )
  )
  return { run, chunks: before, scratchBytes: Math.max(...kernels.map(({ scratchBytes }) => scratchBytes)) }
}

import { call } from '../encoder/index.ts'
import type { ChunkFunction } from '../contraction/index.ts'
import type { Site, Stage } from './stage.ts'

/** Makes the stage of a product that is cut into chunks already: a task is a chunk. `cost`: nanoseconds of all of them. */
export const chunkStage = ({ kernel }: Site, name: string, { run, chunks }: ChunkFunction, cost: number): Stage => ({
  kernel,
  name,
  tasks: chunks,
  cost: cost / chunks,
  run: (task, scratch) => call(run, { chunk: task, scratch })
})

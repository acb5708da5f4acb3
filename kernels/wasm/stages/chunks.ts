import { call } from '../encoder/index.ts'
import type { ChunkFunction } from '../contraction/index.ts'
import type { Site, Stage } from './stage.ts'

/** Nanoseconds that a product of so many multiply-adds takes, roughly. */
export const productCost = (multiplyAdds: number): number => multiplyAdds / 22

/** A kernel that comes in chunks already. */
export const chunkStage = ({ kernel }: Site, name: string, { run, chunks }: ChunkFunction, cost: number): Stage => ({
  kernel,
  name,
  tasks: chunks,
  cost: cost / chunks,
  run: (task, scratch) => call(run, task, scratch)
})

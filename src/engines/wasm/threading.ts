import type { ExecutionMode } from '../../../kernels/wasm/module/buildModule.ts'
import type { Region } from '../../../kernels/wasm/module/regions.ts'

/** Says how many threads a program runs on, and whether thread 0 is a worker. */
export type Threading = Pick<ExecutionMode, 'threads' | 'background'>

/** The calling thread alone. */
export const callingThread: Threading = { threads: 1, background: false }

/** Nanoseconds from a page's thread to a worker and back, as measured in Chromium on two cores. */
const trip = 60_000
/** Nanoseconds that threads take to meet for a region that they share, where they slept before it; measured there, too. */
const meeting = 25_000
/** Says how many times as fast workers have to be before they are worth the cores that they keep busy. */
const worthwhile = 1.2

/**
 * Estimates whether workers do a step sooner than the calling thread does it alone. A page's own thread must not wait, so
 * every thread is a worker there, and each step costs a message there and back.
 */
export const worthWorkers = ({
  regions,
  stepRegions,
  threads
}: {
  readonly regions: readonly Pick<Region, 'parallel' | 'cost'>[]
  readonly stepRegions: number
  readonly threads: number
}): boolean => {
  const step = regions.slice(0, stepRegions)
  const alone = step.reduce((sum, { cost }) => sum + cost, 0)
  const shared = step.reduce((sum, { parallel, cost }) => sum + (parallel ? cost / threads + meeting : cost), trip)
  return shared * worthwhile < alone
}

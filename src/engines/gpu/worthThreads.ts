import type { PrintedPart } from '../../../kernels/gpu/printPart.ts'

/** What one thread of gpu.js's webasm mode does in a microsecond, measured on critic steps of several sizes. */
const flopsPerMicrosecond = 4500
const bytesPerMicrosecond = 15_000
/** The microseconds that it takes to start threads on a call and to hear that they are done. */
const start = 200
/** The microseconds that threads take to meet after each kernel. */
const meeting = 35

/**
 * Estimates whether a second thread saves more than the threads' meetings cost. Each pipeline has a pool of its own, so
 * small ones do without.
 */
export const worthThreads = ({ launches, figures }: PrintedPart): boolean => {
  const alone = figures.flops / flopsPerMicrosecond + figures.bytes / bytesPerMicrosecond
  return alone / 2 > start + meeting * launches.length
}

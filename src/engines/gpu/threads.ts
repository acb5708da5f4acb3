import type { Work } from './work.ts'

/** What gpu.js's webasm mode does in a microsecond on one thread, as measured (see docs/performance.md). */
const flopsPerMicrosecond = 2500
const bytesPerMicrosecond = 6000
/** What its threads take to meet once more, after each kernel. */
const meeting = 10

/**
 * Whether a second thread saves more than the threads' meetings cost. Each pipeline has a pool of its own, so those with
 * little to do go without.
 */
export const worthThreads = ({ launches, figures }: Work): boolean => {
  const alone = figures.flops / flopsPerMicrosecond + figures.bytes / bytesPerMicrosecond
  return alone / 2 > meeting * launches.length
}

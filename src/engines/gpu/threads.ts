import type { PartWork } from './work.ts'

/** What gpu.js's webasm mode does in a microsecond on one thread, as measured on critic steps of several sizes. */
const flopsPerMicrosecond = 4500
const bytesPerMicrosecond = 15_000
/** What it takes to start threads on a call and to hear that they are done. */
const start = 200
/** What its threads take to meet once more, after each kernel. */
const meeting = 35

/**
 * Whether a second thread saves more than the threads' meetings cost. Each pipeline has a pool of its own, so those with
 * little to do go without.
 */
export const worthThreads = ({ launches, figures }: PartWork): boolean => {
  const alone = figures.flops / flopsPerMicrosecond + figures.bytes / bytesPerMicrosecond
  return alone / 2 > start + meeting * launches.length
}

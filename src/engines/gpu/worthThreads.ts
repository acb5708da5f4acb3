import { rates } from '../../compiler/cost.ts'
import type { PrintedPart } from '../../../kernels/gpu/printPart.ts'

/** The nanoseconds that it takes to start threads on a call and to hear that they are done. */
const start = 200_000
/** The nanoseconds that threads take to meet after each kernel. */
const meeting = 35_000

/**
 * Estimates whether a second thread saves more than the threads' meetings cost. Each pipeline has a pool of its own, so
 * small ones do without.
 */
export const worthThreads = ({ launches, figures }: PrintedPart): boolean => {
  const alone = figures.flops / rates.webasm.flops + figures.bytes / rates.webasm.bytes
  return alone / 2 > start + meeting * launches.length
}

import * as E from '#fp-ts/Either'
import type { Kernel as Work } from '../../src/compiler/schedule.ts'
import { printContraction } from './printContraction.ts'
import { printConvolution } from './convolution/printConvolution.ts'
import { printCumulativeSum } from './printCumulativeSum.ts'
import type { Printer } from './kernel.ts'
import { printLoops } from './printLoops.ts'
import type { Obstacle } from './limits/obstacle.ts'
import { printScatterAdd } from './printScatterAdd.ts'

const tooManyArguments = (most: number, actual: number): Obstacle => ({
  reason: 'arguments',
  expected: `at most ${String(most)} arrays`,
  actual: String(actual)
})

/** The kernels of gpu.js that do the work of one kernel of a schedule, whatever its kind. */
export const emit: Printer<Work> = (work, site) => {
  const buffers = new Set(work.reads.map(({ buffer }) => buffer)).size
  if (buffers > site.mostArguments) return E.left(tooManyArguments(site.mostArguments, buffers))
  switch (work.kind) {
    case 'loops':
      return printLoops(work, site)
    case 'contraction':
      return printContraction(work, site)
    case 'scatterAdd':
      return printScatterAdd(work, site)
    case 'cumulativeSum':
      return printCumulativeSum(work, site)
    case 'routine':
      return E.left({ reason: 'routine', expected: 'work that loops describe', actual: work.primitive })
    default:
      return printConvolution(work, site)
  }
}

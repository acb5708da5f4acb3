import * as E from '#fp-ts/Either'
import type { Kernel } from '../../src/compiler/schedule.ts'
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

/** Prints one kernel of a schedule, whatever its kind, as kernels of gpu.js. */
export const printKernel: Printer<Kernel> = (kernel, site) => {
  const buffers = new Set(kernel.reads.map(({ buffer }) => buffer)).size
  if (buffers > site.mostArguments) return E.left(tooManyArguments(site.mostArguments, buffers))
  switch (kernel.kind) {
    case 'loops':
      return printLoops(kernel, site)
    case 'contraction':
      return printContraction(kernel, site)
    case 'scatterAdd':
      return printScatterAdd(kernel, site)
    case 'cumulativeSum':
      return printCumulativeSum(kernel, site)
    case 'routine':
      return E.left({ reason: 'routine', expected: 'work that loops describe', actual: kernel.primitive })
    default:
      return printConvolution(kernel, site)
  }
}

import type { Kernel, Loops } from '../../../src/compiler/schedule.ts'
import type { Emission, Site } from './stage.ts'
import { planBordered } from '../loops/border.ts'
import { emitConvolutionKernel } from './convolution.ts'
import { emitCumulativeSum } from '../routines/cumulativeSum.ts'
import { emitScatterAdd } from '../routines/scatterAdd.ts'
import { emitLoopsKernel } from './loops.ts'

/**
 * A kernel that is neither plain loops nor a contraction, nor a routine: loops are rare where they pad. Few programs have one, so this
 * module is a part of the bundle that is loaded on demand.
 */
export type RareKernel = Loops | Exclude<Kernel, { readonly kind: 'loops' | 'contraction' | 'routine' }>

/** Emits such a kernel. */
export const emitRareKernel = (site: Site, kernel: RareKernel): Emission => {
  switch (kernel.kind) {
    case 'loops':
      return emitLoopsKernel(site, kernel, planBordered)
    case 'conv':
    case 'convInputGradient':
    case 'convFilterGradient':
      return emitConvolutionKernel(site, kernel)
    case 'scatterAdd':
      return emitScatterAdd(site, kernel)
    case 'cumulativeSum':
      return emitCumulativeSum(site, kernel)
  }
}

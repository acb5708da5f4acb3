import type { Kernel, Schedule } from '../../../src/compiler/schedule.ts'
import type { Emission, Site } from './stage.ts'
import { emitContractionKernel } from './contraction.ts'
import { emitLoopsKernel } from './loops.ts'
import type { RareKernel } from './rareKernels.ts'

/** Adds the functions of one kernel to the module, and returns the stages that call them. */
export type EmitKernel = (site: Site, kernel: Kernel) => Emission

const isRare = (kernel: Kernel): kernel is RareKernel => kernel.kind !== 'loops' && kernel.kind !== 'contraction'

const emitterWith =
  (emitRareKernel?: (site: Site, kernel: RareKernel) => Emission): EmitKernel =>
  (site, kernel) => {
    if (isRare(kernel)) return emitRareKernel!(site, kernel)
    return kernel.kind === 'loops' ? emitLoopsKernel(site, kernel) : emitContractionKernel(site, kernel)
  }

/** Returns what emits the kernels of a schedule. The code for kinds of kernel that few programs have is loaded on demand. */
export const loadEmitter = async ({ kernels }: Schedule): Promise<EmitKernel> =>
  kernels.some(isRare) ? emitterWith((await import('./rareKernels.ts')).emitRareKernel) : emitterWith()

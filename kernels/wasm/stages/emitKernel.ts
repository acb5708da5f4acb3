import type { Kernel, Loops, Schedule } from '../../../src/compiler/schedule.ts'
import type { Emission, Site } from './stage.ts'
import { emitContractionKernel } from './contraction.ts'
import { emitLoopsKernel } from './loops.ts'
import type { RareKernel } from './rareKernels.ts'

/** Adds the functions of one kernel to the module, and returns the stages that call them. */
export type EmitKernel = (site: Site, kernel: Kernel) => Emission

const isPlain = (kernel: Kernel): kernel is Loops => kernel.kind === 'loops' && !kernel.primitives.includes('pad')

const emitterWith =
  (emitRareKernel?: (site: Site, kernel: RareKernel) => Emission): EmitKernel =>
  (site, kernel) => {
    if (kernel.kind === 'contraction') return emitContractionKernel(site, kernel)
    return isPlain(kernel) ? emitLoopsKernel(site, kernel) : emitRareKernel!(site, kernel)
  }

const isRare = (kernel: Kernel): boolean => kernel.kind !== 'contraction' && !isPlain(kernel)

/** Returns what emits the kernels of a schedule. The code for kinds of kernel that few programs have is loaded on demand. */
export const loadEmitter = async ({ kernels }: Schedule): Promise<EmitKernel> =>
  kernels.some(isRare) ? emitterWith((await import('./rareKernels.ts')).emitRareKernel) : emitterWith()

import type { Kernel, Schedule } from '../../../src/compiler/schedule.ts'
import type { Emission, Site } from './stage.ts'
import { emitContractionKernel } from './contraction.ts'
import { emitLoopsKernel } from './loops.ts'
import type { Specialized } from './specialized.ts'

/** Adds the functions of one kernel to the module. */
export type Emit = (site: Site, kernel: Kernel) => Emission

const isSpecialized = (kernel: Kernel): kernel is Specialized =>
  kernel.kind !== 'loops' && kernel.kind !== 'contraction'

const emitWith =
  (emitSpecialized?: (site: Site, kernel: Specialized) => Emission): Emit =>
  (site, kernel) => {
    if (isSpecialized(kernel)) return emitSpecialized!(site, kernel)
    return kernel.kind === 'loops' ? emitLoopsKernel(site, kernel) : emitContractionKernel(site, kernel)
  }

/** What emits the kernels of a schedule: loops and contractions at once, the others loaded where there are some. */
export const emitterOf = async ({ kernels }: Schedule): Promise<Emit> =>
  kernels.some(isSpecialized) ? emitWith((await import('./specialized.ts')).emitSpecialized) : emitWith()

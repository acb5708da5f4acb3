import type { Kernel, Loops, Schedule } from '../../../src/compiler/schedule.ts'
import type { Emission, Site } from './stage.ts'
import { emitContractionKernel } from './contraction.ts'
import { emitLoopsKernel } from './loops.ts'
import type { emitRareKernel } from './rareKernels.ts'
import type { emitRoutineKernel } from './routineKernels.ts'

/** Adds the functions of one kernel to the module, and returns the stages that call them. */
export type EmitKernel = (site: Site, kernel: Kernel) => Emission

const isPlain = (kernel: Kernel): kernel is Loops => kernel.kind === 'loops' && !kernel.primitives.includes('pad')

/** The code for kinds of kernel that few programs have. */
interface OnDemand {
  readonly rare?: typeof emitRareKernel
  readonly routine?: typeof emitRoutineKernel
}

const emitterWith =
  ({ rare, routine }: OnDemand): EmitKernel =>
  (site, kernel) => {
    if (kernel.kind === 'contraction') return emitContractionKernel(site, kernel)
    if (kernel.kind === 'routine') return routine!(site, kernel)
    return isPlain(kernel) ? emitLoopsKernel(site, kernel) : rare!(site, kernel)
  }

const isRoutine = ({ kind }: Kernel): boolean => kind === 'routine'
const isRare = (kernel: Kernel): boolean => kernel.kind !== 'contraction' && !isRoutine(kernel) && !isPlain(kernel)
/** Loops of the program have kernels of their own, which are scheduled only when the loop is emitted. */
const isLoop = (kernel: Kernel): boolean => kernel.kind === 'routine' && kernel.primitive === 'scan'

/** Returns what emits the kernels of a schedule. The code for kinds of kernel that few programs have is loaded on demand. */
export const loadEmitter = async ({ kernels }: Schedule): Promise<EmitKernel> =>
  emitterWith({
    ...(kernels.some((kernel) => isRare(kernel) || isLoop(kernel)) && {
      rare: (await import('./rareKernels.ts')).emitRareKernel
    }),
    ...(kernels.some(isRoutine) && { routine: (await import('./routineKernels.ts')).emitRoutineKernel })
  })

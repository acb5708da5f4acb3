import type { Convolving, Kernel, Schedule } from '../../../compiler/schedule.ts'
import { fail } from '../../../tensor/error.ts'
import type { Emission, Site } from '../stage.ts'
import { emitArgsort } from './argsort.ts'
import { emitContractionKernel } from './contraction.ts'
import { emitCumulativeSum } from './cumulativeSum.ts'
import { emitLoopsKernel } from './loops.ts'
import { emitScatterAdd } from './scatterAdd.ts'

/** Adds the functions of one kernel to the module. */
export type Emit = (site: Site, kernel: Kernel) => Emission

const convolvingKinds: readonly Kernel['kind'][] = ['conv', 'convInputGradient', 'convFilterGradient']

const emitWith =
  (emitConvolving?: (site: Site, kernel: Convolving) => Emission): Emit =>
  (site, kernel) => {
    switch (kernel.kind) {
      case 'loops':
        return emitLoopsKernel(site, kernel)
      case 'contraction':
        return emitContractionKernel(site, kernel)
      case 'conv':
      case 'convInputGradient':
      case 'convFilterGradient':
        return emitConvolving!(site, kernel)
      case 'scatterAdd':
        return emitScatterAdd(site, kernel)
      case 'cumulativeSum':
        return emitCumulativeSum(site, kernel)
      case 'routine':
        if (kernel.primitive === 'argsort') return emitArgsort(site, kernel)
        return fail('NotSupported', {
          op: kernel.primitive,
          expected: 'a primitive with a loop nest',
          actual: 'a routine'
        })
    }
  }

/** What emits the kernels of a schedule. Of convolutions there is much to know: it is loaded where there are some. */
export const emitterOf = async ({ kernels }: Schedule): Promise<Emit> =>
  kernels.some(({ kind }) => convolvingKinds.includes(kind))
    ? emitWith((await import('./convolving.ts')).emitConvolving)
    : emitWith()

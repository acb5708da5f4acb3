import type { Kernel } from '../../../src/compiler/schedule.ts'
import { fail } from '../../../src/tensor/error.ts'
import type { Emission, Site } from './stage.ts'
import { emitArgsort } from '../routines/argsort.ts'
import { emitConvolving } from './convolving.ts'
import { emitCumulativeSum } from '../routines/cumulativeSum.ts'
import { emitScatterAdd } from '../routines/scatterAdd.ts'

/** A kernel that is neither loops nor a contraction. */
export type Specialized = Exclude<Kernel, { readonly kind: 'loops' | 'contraction' }>

export const emitSpecialized = (site: Site, kernel: Specialized): Emission => {
  switch (kernel.kind) {
    case 'conv':
    case 'convInputGradient':
    case 'convFilterGradient':
      return emitConvolving(site, kernel)
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

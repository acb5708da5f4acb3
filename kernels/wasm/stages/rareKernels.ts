import type { Kernel, Loops, Routine } from '../../../src/compiler/schedule.ts'
import { fail } from '../../../src/tensor/error.ts'
import type { Emission, Site } from './stage.ts'
import { emitArgsort } from '../routines/argsort.ts'
import { planBordered } from '../loops/border.ts'
import { emitConvolutionKernel } from './convolution.ts'
import { emitCholesky } from '../routines/cholesky.ts'
import { emitCumulativeSum } from '../routines/cumulativeSum.ts'
import { emitEigh } from '../routines/eigh.ts'
import { emitQr } from '../routines/qr.ts'
import { emitScatterAdd } from '../routines/scatterAdd.ts'
import { emitSvd } from '../routines/svd.ts'
import { emitTriangularSolve } from '../routines/triangularSolve.ts'
import { emitLoopsKernel } from './loops.ts'

/**
 * A kernel that is neither plain loops nor a contraction: loops are rare where they pad. Few programs have one, so this
 * module is a part of the bundle that is loaded on demand.
 */
export type RareKernel = Loops | Exclude<Kernel, { readonly kind: 'loops' | 'contraction' }>

/** The code of primitives that no loop nest describes. */
const routines: Readonly<Partial<Record<string, (site: Site, kernel: Routine) => Emission>>> = {
  argsort: emitArgsort,
  cholesky: emitCholesky,
  triangularSolve: emitTriangularSolve,
  eigh: emitEigh,
  qr: emitQr,
  svd: emitSvd
}

const refuse = (_: Site, { primitive }: Routine): never =>
  fail('NotSupported', { op: primitive, expected: 'a primitive with a loop nest', actual: 'a routine' })

/** Emits such a kernel. Throws NotSupported for a routine that has no code here. */
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
    case 'routine':
      return (routines[kernel.primitive] ?? refuse)(site, kernel)
  }
}

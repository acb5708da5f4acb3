import type { Routine } from '../../../src/compiler/schedule.ts'
import { fail } from '../../../src/tensor/error.ts'
import { emitArgsort } from '../routines/argsort.ts'
import { emitCholesky } from '../routines/cholesky.ts'
import { emitEigh } from '../routines/eigh.ts'
import { emitQr } from '../routines/qr.ts'
import { emitSingularValues } from '../routines/singularValues.ts'
import { emitSvd } from '../routines/svd.ts'
import { emitTriangularSolve } from '../routines/triangularSolve.ts'
import type { Emission, Site } from './stage.ts'

/** The code of primitives that no loop nest describes: a part of the bundle that is loaded on demand. */
const routines: Readonly<Partial<Record<string, (site: Site, kernel: Routine) => Emission>>> = {
  argsort: emitArgsort,
  cholesky: emitCholesky,
  triangularSolve: emitTriangularSolve,
  eigh: emitEigh,
  qr: emitQr,
  svd: emitSvd,
  singularValues: emitSingularValues
}

const refuse = (_: Site, { primitive }: Routine): never =>
  fail('NotSupported', { op: primitive, expected: 'a primitive with a loop nest', actual: 'a routine' })

/** Emits such a kernel. Throws NotSupported for a routine that has no code here. */
export const emitRoutineKernel = (site: Site, kernel: Routine): Emission =>
  (routines[kernel.primitive] ?? refuse)(site, kernel)

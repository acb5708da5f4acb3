import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { optimize } from '../../compiler/rewrite/optimize.ts'
import { withoutScans } from '../../compiler/rewrite/unrollScans.ts'
import type { Program } from '../../program/program.ts'
import type { CompileOptions, EngineFault } from '../engine.ts'
import type { GpuExecutable } from './executable.ts'
import { executableOf } from './executable.ts'
import type { GpuOptions } from './options.ts'
import { partsOf } from '../../../kernels/gpu/partition/parts.ts'
import { placesOf } from '../../../kernels/gpu/partition/placement.ts'
import { tooManyIterations } from './faults.ts'
import { openSession } from './session.ts'

/** Compiles a program to kernels of gpu.js; each part of a step that runs on the device is one pipeline. */
export const compileOn = async (
  options: GpuOptions,
  source: Program,
  { carry = 0 }: CompileOptions = {}
): Promise<E.Either<EngineFault, GpuExecutable>> => {
  const name = `gpu:${options.mode}`
  const flat = withoutScans(source)
  if (E.isLeft(flat)) return E.left(tooManyIterations(flat.left)(name))
  const program = optimize(flat.right)
  const places = placesOf(program)
  const parts = partsOf(program, places)
  return pipe(
    await openSession(parts, options),
    E.bimap(
      (fault) => fault(name),
      (session) => executableOf(name, { program, places, parts, carry }, session, options)
    )
  )
}

import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { Program } from '../../program/program.ts'
import type { CompileOptions, EngineFault } from '../engine.ts'
import type { GpuExecutable } from './executable.ts'
import { executableOf } from './executable.ts'
import type { GpuOptions } from './options.ts'
import { partitionOf } from '../../../kernels/gpu/partition/parts.ts'
import { openSession } from './session.ts'

/** Compiles a program to kernels of gpu.js; each part of a step that runs on the device is one pipeline. */
export const compileOn = async (
  options: GpuOptions,
  source: Program,
  { carry = 0 }: CompileOptions = {}
): Promise<E.Either<EngineFault, GpuExecutable>> => {
  const name = `gpu:${options.mode}`
  const partition = partitionOf(source, carry, options.writtenOut)
  return pipe(
    await openSession(partition.parts, options),
    E.bimap(
      (fault) => fault(name),
      (session) => executableOf(name, partition, session, options)
    )
  )
}

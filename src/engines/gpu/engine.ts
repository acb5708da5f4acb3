import * as E from '#fp-ts/Either'
import { optimize } from '../../compiler/optimize.ts'
import type { Program } from '../../program/program.ts'
import type { CompileOptions, EngineFault } from '../engine.ts'
import type { GpuExecutable } from './executable.ts'
import { executableOf } from './executable.ts'
import { failed } from './faults.ts'
import type { GpuMode } from './modes.ts'
import { partsOf } from './parts.ts'
import { placesOf } from './placement.ts'
import { openSession } from './session.ts'

export interface GpuOptions {
  /** Back end of gpu.js. */
  readonly mode: GpuMode
  /** Whether the webasm mode uses gpu.js's threads (default: where they pay). */
  readonly threads?: boolean
  /**
   * Hears why gpu.js runs a plan kernel by kernel where the mode runs plans whole, and allows it. Without it, that is the
   * fault `Degraded`.
   */
  readonly onDegraded?: (reason: string) => void
}

/** The compiler's kernels as kernels of gpu.js, each part of a step that runs on the device one pipeline. */
export const compileOn = async (
  options: GpuOptions,
  source: Program,
  { carry = 0 }: CompileOptions = {}
): Promise<E.Either<EngineFault, GpuExecutable>> => {
  const name = `gpu:${options.mode}`
  const program = optimize(source)
  const places = placesOf(program)
  const parts = partsOf(program, places)
  try {
    const session = await openSession(parts, options)
    if (E.isLeft(session)) return E.left(session.left(name))
    return E.right(executableOf(name, { program, places, parts, carry }, session.right, options))
  } catch (cause) {
    return E.left(failed(cause)(name))
  }
}

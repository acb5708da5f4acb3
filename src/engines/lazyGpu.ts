import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { Program } from '../program/program.ts'
import type { None } from '../tensor/arguments.ts'
import type { Rules } from '../tensor/options.ts'
import { anyFunction, countOrZero, flag, oneOf, optional, readOptions } from '../tensor/options.ts'
import type { CompileOptions, Engine, EngineFault } from './engine.ts'
import type { Checked } from './faulty.ts'
import { checked } from './faulty.ts'
import { gpuModes, isGpuMode } from './gpu/modes.ts'
import type { GpuOptions } from './gpu/options.ts'
import type { GpuExecutable } from './gpu/executable.ts'

/** An engine on gpu.js, whose executables tell more than others. */
export interface GpuEngine extends Engine {
  readonly compile: (program: Program, options?: CompileOptions) => TE.TaskEither<EngineFault, GpuExecutable>
}

const notLoaded = (engine: string, cause: unknown): EngineFault => ({
  _tag: 'NotAvailable',
  engine,
  expected: 'its code, which is loaded on demand',
  actual: String(cause),
  hint: 'Serve all files of the build'
})

/** Makes an engine of gpu.js in one of its modes. Its code is loaded when the first program is compiled. */
export function gpu(options: GpuOptions): GpuEngine & Checked
export function gpu(given: Partial<GpuOptions> = {}, ...more: None): GpuEngine & Checked {
  const { all: options, problems } = readOptions<GpuOptions>({}, given as GpuOptions, rules, {}, more)
  // Of no mode where it is none: what is wrong is among the problems.
  const name = isGpuMode(options.mode) ? `gpu:${options.mode}` : 'gpu'
  const engine: GpuEngine = {
    name,
    compile: (program, compileOptions) =>
      pipe(
        TE.tryCatch(
          () => import('./gpu/engine.ts'),
          (cause) => notLoaded(name, cause)
        ),
        TE.chain(
          ({ compileOn }) =>
            () =>
              compileOn(options, program, compileOptions)
        )
      )
  }
  return checked(engine, problems)
}

const rules: Rules = {
  mode: oneOf(...gpuModes),
  threads: optional(flag),
  onDegraded: optional(anyFunction),
  writtenOut: optional(countOrZero)
}

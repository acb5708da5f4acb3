import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { Program } from '../program/program.ts'
import type { CompileOptions, Engine, EngineFault } from './engine.ts'
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

/** gpu.js in one of its modes. Its code is loaded when the first program is compiled. */
export const gpu = (options: GpuOptions): GpuEngine => {
  const name = `gpu:${options.mode}`
  return {
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
}

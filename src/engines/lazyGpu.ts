import type { TaskEither } from '#fp-ts/TaskEither'
import type { Program } from '../program/program.ts'
import type { CompileOptions, Engine, EngineFault } from './engine.ts'
import type { GpuOptions } from './gpu/options.ts'
import type { GpuExecutable } from './gpu/executable.ts'

/** An engine on gpu.js, whose executables tell more than others. */
export interface GpuEngine extends Engine {
  readonly compile: (program: Program, options?: CompileOptions) => TaskEither<EngineFault, GpuExecutable>
}

/** gpu.js in one of its modes. Its code is loaded when the first program is compiled. */
export const gpu = (options: GpuOptions): GpuEngine => ({
  name: `gpu:${options.mode}`,
  compile: (program, compileOptions) => async () => {
    const { compileOn } = await import('./gpu/engine.ts')
    return compileOn(options, program, compileOptions)
  }
})

import { TE } from '../../src/index.ts'
import type { Engine, Executable } from '../../src/engines/engine.ts'
import type { GpuExecutable } from '../../src/engines/gpu/executable.ts'

const isOnGpuJs = (made: Executable): made is GpuExecutable => 'executors' in made

/** How gpu.js runs the device parts of an executable, each way once. */
const executorOf = (made: Executable | undefined): string | undefined =>
  made !== undefined && isOnGpuJs(made) ? [...new Set(made.executors())].join(', ') : undefined

/** The same engine, and what runs the last that it compiled. */
export const observe = (engine: Engine): { readonly engine: Engine; readonly executor: () => string | undefined } => {
  let latest: Executable | undefined
  return {
    engine: {
      name: engine.name,
      compile: (program, options) => TE.map((made: Executable) => (latest = made))(engine.compile(program, options))
    },
    executor: () => executorOf(latest)
  }
}

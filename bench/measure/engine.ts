import type { Engine } from '../../src/engines/engine.ts'
import type { GpuMode } from '../../src/engines/gpu/modes.ts'
import { gpuModes, isGpuMode } from '../../src/engines/gpu/modes.ts'
import { gpu } from '../../src/engines/lazyGpu.ts'
import type { EngineName } from '../../src/engines/select.ts'
import { engineNames } from '../../src/engines/select.ts'
import { wasm } from '../../src/engines/wasm/engine.ts'
import type { Options } from './options.ts'

/** The mode of gpu.js that the options name, webasm by default; undefined where they name another engine. */
export const gpuModeOf = ({ engine, mode }: Options): GpuMode | undefined => {
  const [name, named = mode ?? 'webasm'] = engine.split(':')
  if (name !== 'gpu') return undefined
  if (!isGpuMode(named)) throw new Error(`no mode ${named} of gpu.js: there are ${gpuModes.join(', ')}`)
  return named
}

/** The engine that the options name, with as many threads as they say where it has any: gpu.js takes one, or all where they pay. */
export const engineOf = (options: Options): EngineName | Engine => {
  const { engine, threads, relaxed } = options
  const mode = gpuModeOf(options)
  if (mode !== undefined) return gpu({ mode, ...(threads === 1 && { threads: false }) })
  if (engine === 'wasm') return wasm({ threads, relaxed })
  if (!engineNames.includes(engine)) throw new Error(`no engine ${engine}: there are gpu, ${engineNames.join(', ')}`)
  return engine as EngineName
}

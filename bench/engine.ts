import type { Engine } from '../src/engines/engine.ts'
import type { EngineName } from '../src/engines/select.ts'
import { engineNames } from '../src/engines/select.ts'
import { wasm } from '../src/engines/wasm/engine.ts'
import type { Options } from './options.ts'

/** The engine that the options name, with as many threads as they say where it has any. */
export const engineOf = ({ engine, mode, threads, relaxed }: Options): EngineName | Engine => {
  if (engine === 'wasm') return wasm({ threads, relaxed })
  const name = mode === undefined ? engine : `${engine}:${mode}`
  if (!engineNames.includes(name)) throw new Error(`no engine ${name}: there are ${engineNames.join(', ')}`)
  return name as EngineName
}

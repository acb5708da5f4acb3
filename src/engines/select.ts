import * as TE from '#fp-ts/TaskEither'
import { auto } from './auto.ts'
import type { Engine, EngineFault } from './engine.ts'
import { gpuModes, isGpuMode } from './gpu/modes.ts'
import { gpu } from './lazyGpu.ts'
import { reference } from './reference.ts'
import { wasm } from './wasm/engine.ts'
import type { Rule } from '../tensor/options.ts'

/** Accepts what `selectEngine` takes, misspelt names included: those are faults that list the names. */
export const engineRule: Rule = {
  expected: 'the name of an engine, or an engine',
  accepts: (x) => x === undefined || typeof x === 'string' || (typeof x === 'object' && x !== null && 'compile' in x)
}

/**
 * Engines by name. `wasm` runs on the CPU, with all of its threads; `gpu:webgpu` and its kin run gpu.js in that mode;
 * `auto` decides for each program.
 */
export type EngineName = 'auto' | 'wasm' | 'reference' | 'reference:float64' | `gpu:${string}`

export const engineNames: readonly string[] = [
  'auto',
  'wasm',
  'reference',
  'reference:float64',
  ...gpuModes.map((mode) => `gpu:${mode}`)
]

const unknownEngine = (name: string): EngineFault => ({
  _tag: 'NotAvailable',
  engine: name,
  expected: `one of ${engineNames.join(', ')}`,
  actual: `'${name}'`,
  hint: 'Check the spelling'
})

/** Returns the engine of that name; gpu.js is loaded on demand. */
export const selectEngine = (engine: EngineName | Engine = 'auto'): TE.TaskEither<EngineFault, Engine> => {
  if (typeof engine !== 'string') return TE.right(engine)
  if (engine === 'auto') return TE.right(auto)
  if (engine === 'wasm') return TE.right(wasm())
  if (engine === 'reference') return TE.right(reference())
  if (engine === 'reference:float64') return TE.right(reference('float64'))
  const mode = engine.startsWith('gpu:') ? engine.slice('gpu:'.length) : ''
  return isGpuMode(mode) ? TE.right(gpu({ mode })) : TE.left(unknownEngine(engine))
}

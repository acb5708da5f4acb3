import * as TE from '#fp-ts/TaskEither'
import { auto } from './auto.ts'
import type { Engine, EngineFault } from './engine.ts'
import { guard } from './guard.ts'
import { gpuModes, isGpuMode } from './gpu/modes.ts'
import { gpu } from './lazyGpu.ts'
import { reference } from './reference.ts'
import { wasm } from './wasm/engine.ts'
import { nearestWord } from '../tensor/nearestWord.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import type { Rule } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'

/** Accepts what `selectEngine` takes, misspelt names included: those are faults that list the names. */
export const engineRule: Rule = {
  expected: 'the name of an engine, or an engine',
  accepts: (x) =>
    x === undefined ||
    typeof x === 'string' ||
    (typeof x === 'object' && x !== null && 'compile' in x && typeof x.compile === 'function')
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

const unknownEngine = (given: unknown): EngineFault => ({
  _tag: 'NotAvailable',
  engine: typeof given === 'string' ? given : 'none',
  expected: `one of ${engineNames.join(', ')}, or an engine`,
  actual: typeof given === 'string' ? `'${given}'` : showValue(given),
  hint: typeof given === 'string' ? misspelt(given) : "Name one, 'wasm' say, or make one: Engine.wasm({ threads: 2 })"
})

const misspelt = (name: string): string => {
  const meant = nearestWord(name, engineNames)
  return meant === undefined ? 'Check the spelling' : `Did you mean '${meant}'?`
}

/** Returns the engine of that name; gpu.js is loaded on demand. */
export function selectEngine(engine?: EngineName | Engine): TE.TaskEither<EngineFault, Engine>
export function selectEngine(engine: EngineName | Engine = 'auto', ...more: None): TE.TaskEither<EngineFault, Engine> {
  refuseMore('Engine.select', more)
  const found = typeof engine === 'string' ? engineNamed(engine) : engineRule.accepts(engine) ? engine : undefined
  return found === undefined ? TE.left(unknownEngine(engine)) : TE.right(guard(found))
}

const engineNamed = (name: string): Engine | undefined => {
  if (name === 'auto') return auto
  if (name === 'wasm') return wasm()
  if (name === 'reference') return reference()
  if (name === 'reference:float64') return reference('float64')
  const mode = name.startsWith('gpu:') ? name.slice('gpu:'.length) : ''
  return isGpuMode(mode) ? gpu({ mode }) : undefined
}

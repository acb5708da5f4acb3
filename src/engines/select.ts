import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import type { Engine, EngineFault } from './engine.ts'
import { gpuModes, isGpuMode } from './gpu/modes.ts'
import type { GpuMode } from './gpu/modes.ts'
import { reference } from './reference.ts'

/** Engines by name. `wasm` runs on the CPU, with all of its threads; `gpu:webasm` and its kin run gpu.js in that mode; `auto` takes the fastest that is there. */
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

const gpu =
  (mode: GpuMode): TE.TaskEither<EngineFault, Engine> =>
  async () => {
    const { gpuEngine } = await import('./gpu/engine.ts')
    return E.right(gpuEngine(mode))
  }

/** WebAssembly where it has SIMD, else the reference; none at all if `required`. */
const fast =
  (required: boolean): TE.TaskEither<EngineFault, Engine> =>
  async () => {
    const { isWasmAvailable, wasm } = await import('./wasm/engine.ts')
    return E.right(required || (await isWasmAvailable()) ? wasm() : reference())
  }

/** The engine of that name, its code loaded on demand. */
export const selectEngine = (engine: EngineName | Engine = 'auto'): TE.TaskEither<EngineFault, Engine> => {
  if (typeof engine !== 'string') return TE.right(engine)
  if (engine === 'auto' || engine === 'wasm') return fast(engine === 'wasm')
  if (engine === 'reference') return TE.right(reference())
  if (engine === 'reference:float64') return TE.right(reference('float64'))
  const mode = engine.startsWith('gpu:') ? engine.slice('gpu:'.length) : ''
  return isGpuMode(mode) ? gpu(mode) : TE.left(unknownEngine(engine))
}

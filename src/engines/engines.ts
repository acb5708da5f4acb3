/** The namespace `Engine`: what compiled programs run on. Most callers name one instead: `compile(f, { engine: 'wasm' })`. */
export type { CompileOptions, Engine, EngineFault, Executable, Iteration, Resident } from './engine.ts'
export { drawFault } from './engine.ts'
export { reference } from './reference.ts'
export type { EngineName } from './select.ts'
export { engineNames, selectEngine as select } from './select.ts'
export type { WasmEngine, WasmOptions } from './wasm/engine.ts'
export { wasm } from './wasm/engine.ts'

import { encode, withMemory } from '../../../../kernels/wasm/encoder/index.ts'
import type { Module } from '../../../../kernels/wasm/encoder/index.ts'
import { WebAssembly } from '../../../../src/engines/webassembly.ts'
import type { WebAssemblyFunction, WebAssemblyMemory } from '../../../../src/engines/webassembly.ts'

export interface Running {
  readonly memory: WebAssemblyMemory
  readonly floats: Float32Array
  readonly call: (name: string, ...values: readonly number[]) => number
}

/** Runs a module with one memory of `bytes` bytes. */
export const instantiate = (module: Module, bytes = 1 << 16): Running => {
  const initial = Math.ceil(bytes / 65536)
  const memory = new WebAssembly.Memory({ initial })
  const code = new WebAssembly.Module(encode(withMemory(module, { from: ['env', 'memory'], initial })))
  const { exports } = new WebAssembly.Instance(code, { env: { memory } })
  return {
    memory,
    floats: new Float32Array(memory.buffer),
    call: (name, ...values) => (exports[name] as WebAssemblyFunction)(...values)
  }
}

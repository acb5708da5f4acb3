/**
 * Tiny modules that validate only where a feature exists: `WebAssembly.validate(probes.simd())`.
 *
 * @category wasm
 */
import { atomics } from './atomics.ts'
import type { Body } from './code.ts'
import { drop } from './control.ts'
import { encode } from './encode.ts'
import { f32x4 } from './floats.ts'
import { createModule, defineFunction, withMemory } from './module.ts'
import { relaxed } from './vector.ts'

const probe = (body: Body, shared = false): Uint8Array => {
  const module = withMemory(createModule(), shared ? { initial: 1, maximum: 1, shared } : { initial: 1 })
  defineFunction(module, { params: {} }, () => body)
  return encode(module)
}

export const probes: Readonly<Record<'simd' | 'threads' | 'relaxedSimd', () => Uint8Array>> = {
  simd: () => probe(drop(f32x4.add(1, 2))),
  threads: () => probe(drop(atomics.add(0, 1)), true),
  relaxedSimd: () => probe(drop(relaxed.madd(f32x4.const(1), f32x4.const(2), f32x4.const(3))))
}

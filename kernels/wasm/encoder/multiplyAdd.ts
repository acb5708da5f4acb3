/**
 * The step of every sum of products.
 *
 * @category wasm
 */
import type { Code } from './code.ts'
import { f32x4 } from './floats.ts'
import type { Module } from './module.ts'
import { relaxed } from './vector.ts'

export type MultiplyAdd = (a: Code<'v128'>, b: Code<'v128'>, c: Code<'v128'>) => Code<'v128'>

const separate: MultiplyAdd = (a, b, c) => f32x4.add(c, f32x4.mul(a, b))

/** a * b + c in every lane, rounded twice; with relaxed SIMD in one instruction, rounded once where the machine has it. */
export const multiplyAdd = (module: Pick<Module, 'relaxed'>): MultiplyAdd => (module.relaxed ? relaxed.madd : separate)

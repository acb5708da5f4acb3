import { describe, expect, it } from 'vitest'
import { emitContraction } from '../../../kernels/wasm/contraction/index.ts'
import type { ChunkFunction } from '../../../kernels/wasm/contraction/index.ts'
import { emitFilterGradient, emitForward, emitInputGradient } from '../../../kernels/wasm/convolution/index.ts'
import type { Convolution } from '../../../kernels/wasm/convolution/index.ts'
import { createModule, defineFunction, call } from '../../../kernels/wasm/encoder/index.ts'
import type { Module } from '../../../kernels/wasm/encoder/index.ts'
import { instantiate } from './support/instantiate.ts'

const OPERANDS = 1 << 22

/** The bits after the chunks ran in some order, chunk i with scratch number i modulo `threads`. */
const bitsAfter = (
  emit: (module: Module) => ChunkFunction,
  order: (chunks: number) => readonly number[],
  threads: number
): Uint32Array => {
  const module = createModule()
  const { run, chunks, scratchBytes } = emit(module)
  const room = Math.ceil(scratchBytes / 16) * 16
  defineFunction(module, { params: { chunk: 'i32', scratch: 'i32' }, export: 'run' }, (_, one) => call(run, one))
  const { call: start, floats, memory } = instantiate(module, OPERANDS + room * threads)
  for (let i = 0; i < OPERANDS / 4; i++) floats[i] = ((i * 7919) % 1013) / 400 - 1.2
  floats.fill(NaN, OPERANDS / 4) // what other kernels left in scratch must not matter
  expect(chunks).toBeGreaterThan(2)
  for (const chunk of order(chunks)) start('run', chunk, OPERANDS + room * (chunk % threads))
  return new Uint32Array(memory.buffer, 0, OPERANDS / 4).slice()
}

const gemm =
  (m: number, n: number, k: number) =>
  (module: Module): ChunkFunction =>
    emitContraction(module, {
      ...{ batch: 1, m, n, k },
      a: { address: 0, strides: { batch: 0, row: k, column: 1 } },
      b: { address: m * k * 4, strides: { batch: 0, row: 1, column: k } },
      c: { address: (m * k + k * n) * 4, strides: { batch: 0, row: n, column: 1 } }
    })

const shape = (inputs: number): Convolution => ({
  ...{ groups: 1, batch: 24, inputs, outputs: 17, size: [14, 14], kernel: [4, 4], stride: [2, 2], dilation: [1, 1] },
  padding: [
    [1, 1],
    [1, 1]
  ]
})
const addresses = { x: 0, w: 1 << 20, y: 1 << 21 }

describe('chunks may run in any order, on any thread, to the same bits', () => {
  it.each<[string, (module: Module) => ChunkFunction]>([
    ['a product in panels', gemm(120, 130, 700)],
    ['inner products', gemm(300, 3, 900)],
    ['a convolution', (module) => emitForward(module, shape(9), addresses)],
    ['its input gradient', (module) => emitInputGradient(module, shape(9), addresses)],
    ['an input gradient of few channels', (module) => emitInputGradient(module, shape(2), addresses)],
    ['a filter gradient', (module) => emitFilterGradient(module, shape(9), addresses)]
  ])('%s', (_, emit) => {
    const forwards = bitsAfter(emit, (chunks) => Array.from({ length: chunks }, (_, i) => i), 1)
    const backwards = bitsAfter(emit, (chunks) => Array.from({ length: chunks }, (_, i) => chunks - 1 - i), 3)
    expect(backwards.findIndex((bits, i) => bits !== forwards[i])).toBe(-1)
  })
})

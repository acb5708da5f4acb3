/**
 * Times the emitted kernels on one thread and prints GFLOP/s: the best of many runs, or for long
 * runs the sum of the chunks' best times, since other programs may use the machine.
 *
 *   npx tsc -p bench && node out/bench/bench/measure/wasm-kernels.js [filter]
 */
import { emitContraction } from '../../kernels/wasm/contraction/index.ts'
import type { ChunkFunction } from '../../kernels/wasm/contraction/index.ts'
import {
  convolutionFlops,
  emitFilterGradient,
  emitForward,
  emitInputGradient,
  outputSize
} from '../../kernels/wasm/convolution/index.ts'
import type { Convolution } from '../../kernels/wasm/convolution/index.ts'
import { call, createModule, defineFunction, encode, forRange, withMemory } from '../../kernels/wasm/encoder/index.ts'
import type { Module } from '../../kernels/wasm/encoder/index.ts'
import { WebAssembly } from '../../src/engines/webassembly.ts'

interface Timing {
  readonly gflops: number
  readonly milliseconds: number
  /** Emission, compilation and the first run. */
  readonly first: number
  readonly codeBytes: number
  readonly chunks: number
}

/** Operations from which a whole run is so long that other programs seldom leave it alone. */
const LONG = 1e8

/** The chunks in order, again and again: the sum of each one's best time. */
const sumOfBest = (chunks: number, one: (chunk: number) => void, until: number): number => {
  const best = new Float64Array(chunks).fill(Infinity)
  while (performance.now() < until)
    for (let chunk = 0; chunk < chunks; chunk++) {
      const start = performance.now()
      one(chunk)
      best[chunk] = Math.min(best[chunk] ?? Infinity, performance.now() - start)
    }
  return best.reduce((sum, time) => sum + time, 0)
}

/** Best time of a kernel whose operands take `bytes` from address 0; `emit` is given the address after them. */
export const time = (flops: number, bytes: number, emit: (module: Module) => ChunkFunction, seconds = 0.5): Timing => {
  const started = performance.now()
  const module = createModule()
  const { run, chunks, scratchBytes } = emit(module)
  const scratch = Math.ceil(bytes / 64) * 64
  defineFunction(module, { params: {}, export: 'run' }, (scope) => {
    const chunk = scope.local('i32')
    return forRange(chunk, 0, chunks, 1, call(run, { chunk, scratch }))
  })
  defineFunction(module, { params: { chunk: 'i32' }, export: 'one' }, (_, { chunk }) => call(run, { chunk, scratch }))
  const initial = Math.ceil((scratch + scratchBytes) / 65536) + 1
  const memory = new WebAssembly.Memory({ initial })
  new Float32Array(memory.buffer).fill(0.5)
  const code = encode(withMemory(module, { from: ['env', 'memory'], initial }))
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } })
  const go = exports['run'] as () => void
  go()
  const first = performance.now() - started
  let best = Infinity
  const until = performance.now() + seconds * 1000
  if (flops > LONG) best = sumOfBest(chunks, exports['one'] as (chunk: number) => void, until + seconds * 1000)
  else {
    const repeats = Math.max(1, Math.round(2e6 / flops))
    while (performance.now() < until) {
      const start = performance.now()
      for (let i = 0; i < repeats; i++) go()
      best = Math.min(best, (performance.now() - start) / repeats)
    }
  }
  return { gflops: flops / best / 1e6, milliseconds: best, first, codeBytes: code.length, chunks }
}

const filter = process.argv[2] ?? ''

export const report = (name: string, flops: number, bytes: number, emit: (module: Module) => ChunkFunction): void => {
  if (!name.includes(filter)) return
  const { gflops, milliseconds, first, codeBytes, chunks } = time(flops, bytes, emit)
  const cells = [
    gflops.toFixed(1).padStart(6),
    milliseconds.toFixed(4).padStart(9),
    first.toFixed(1).padStart(6),
    String(codeBytes).padStart(6),
    String(chunks).padStart(4)
  ]
  console.log(`${name.padEnd(44)} ${cells.join(' ')}`)
}

/** Letters as in BLAS: t = that operand lies transposed. */
const gemm = (m: number, k: number, n: number, layout: 'nn' | 'nt' | 'tn' | 'tt', batch = 1): void => {
  const [a, b, c] = [0, batch * m * k * 4, batch * (m * k + k * n) * 4]
  report(
    `gemm ${batch > 1 ? `${batch} of ` : ''}${m}x${k}x${n} ${layout}`,
    2 * batch * m * n * k,
    c + batch * m * n * 4,
    (module) =>
      emitContraction(module, {
        batch,
        m,
        n,
        k,
        a: {
          address: a,
          strides: layout[0] === 'n' ? { batch: m * k, row: k, column: 1 } : { batch: m * k, row: 1, column: m }
        },
        b: {
          address: b,
          strides: layout[1] === 'n' ? { batch: k * n, row: n, column: 1 } : { batch: k * n, row: 1, column: k }
        },
        c: { address: c, strides: { batch: m * n, row: n, column: 1 } }
      })
  )
}

console.log(`${''.padEnd(44)} GFLOP/s     ms  first  bytes chunks`)
for (const n of [128, 256, 512, 1024]) for (const layout of ['nn', 'nt', 'tn', 'tt'] as const) gemm(n, n, n, layout)
const shapes: readonly (readonly [number, number, number])[] = [
  [127, 127, 127],
  [130, 130, 130],
  [256, 128, 128],
  [256, 2, 128],
  [256, 128, 1],
  [128, 256, 128],
  [48, 96, 100],
  [320, 260, 260],
  [320, 100, 2],
  [320, 2, 100],
  [17, 1000, 33],
  [1, 512, 512],
  [2, 512, 512],
  [5, 128, 128],
  [300, 1, 64],
  [64, 64, 64],
  [32, 32, 32],
  [16, 16, 16],
  [8, 8, 8],
  [2, 2, 2],
  [1, 4096, 1]
]
for (const [m, k, n] of shapes) for (const layout of ['nn', 'nt', 'tn'] as const) gemm(m, k, n, layout)
gemm(8, 8, 8, 'nn', 256)
gemm(3, 3, 3, 'nn', 1000)

/** Square images and kernels: batch x inputs x size^2 -> outputs, kernel, stride, padding. */
const convolution = (
  batch: number,
  inputs: number,
  size: number,
  outputs: number,
  kernel: number,
  stride: number,
  pad: number
): void => {
  const shape: Convolution = {
    groups: 1,
    batch,
    inputs,
    outputs,
    size: [size, size],
    kernel: [kernel, kernel],
    stride: [stride, stride],
    padding: [
      [pad, pad],
      [pad, pad]
    ],
    dilation: [1, 1]
  }
  const [oh, ow] = outputSize(shape)
  const w = batch * inputs * size * size * 4
  const y = w + outputs * inputs * kernel * kernel * 4
  const bytes = y + batch * outputs * oh * ow * 4
  const name = `${batch}x${inputs}x${size}x${size} -> ${outputs}x${oh}x${ow} k${kernel} s${stride}`
  const forms = { forward: emitForward, input: emitInputGradient, filter: emitFilterGradient }
  for (const [form, emit] of Object.entries(forms))
    report(`conv ${form} ${name}`, convolutionFlops(shape), bytes, (module) => emit(module, shape, { x: 0, w, y }))
}

convolution(32, 1, 28, 64, 4, 2, 1)
convolution(32, 64, 14, 128, 4, 2, 1)
convolution(64, 32, 14, 64, 4, 2, 1)
convolution(64, 1, 28, 32, 4, 2, 1)
convolution(32, 3, 32, 64, 4, 2, 1)
convolution(32, 64, 16, 128, 4, 2, 1)
convolution(32, 128, 8, 256, 4, 2, 1)
convolution(32, 128, 7, 1, 7, 1, 0)
convolution(64, 256, 4, 1, 4, 1, 0)
convolution(32, 100, 1, 256, 4, 1, 3)
convolution(32, 32, 28, 32, 3, 1, 1)
convolution(32, 64, 16, 3, 3, 1, 1)
convolution(32, 64, 14, 32, 1, 1, 0)
convolution(32, 16, 15, 24, 5, 2, 2)

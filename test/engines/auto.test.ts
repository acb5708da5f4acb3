import * as E from '#fp-ts/Either'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { auto, choose, describe as say } from '../../src/engines/auto.ts'
import { weigh } from '../../src/engines/weigh.ts'
import { gpu } from '../../src/engines/lazyGpu.ts'
import { selectEngine } from '../../src/engines/select.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { mul } from '../../src/ops/arithmetic.ts'
import { ones } from '../../src/ops/creation.ts'
import { of } from '../../src/transform/programs.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'

const small = of((x: Tensor) => mul(x, 2), ones([4]))
const large = of((x: Tensor, y: Tensor) => matmul(matmul(matmul(x, y), y), y), ones([1024, 1024]), ones([1024, 1024]))

/** What navigator.gpu is to a page, with an adapter of that name that gives no device. */
const gpuNamed = (description: string): unknown => ({
  gpu: {
    requestAdapter: () =>
      Promise.resolve({
        info: { description },
        limits: {},
        requestDevice: () => Promise.reject(new Error('no device left'))
      })
  }
})

describe('the choice of an engine', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('weighs what a program computes against the way to a GPU', () => {
    expect(weigh(small).pays).toBe(false)
    expect(weigh(large).pays).toBe(true)
    expect(weigh(large).why).toMatch(/^6\.44e\+3 Mflop in 3 kernels: about .* ms on a CPU, .* ms on a GPU$/)
  })

  it('is a GPU where one answers and the program pays for it', async () => {
    vi.stubGlobal('navigator', gpuNamed('NVIDIA H100'))
    expect((await choose(large)).engine.name).toBe('gpu:webgpu')
    expect(await say(large)).toMatch(/^gpu:webgpu: NVIDIA H100; /)
    expect(await say(small)).toMatch(/^wasm: a GPU \(NVIDIA H100\) would not pay: /)
  })

  it('is no program that plays one', async () => {
    for (const name of ['SwiftShader Device (Subzero)', 'llvmpipe (LLVM 15)', 'Microsoft Basic Render Driver']) {
      vi.stubGlobal('navigator', gpuNamed(name))
      expect(await say(large)).toBe('wasm: no GPU answers')
    }
  })

  it('is none whose code cannot be loaded', async () => {
    vi.stubGlobal('navigator', gpuNamed('NVIDIA H100'))
    const missing = (): never => {
      throw new TypeError('Failed to fetch dynamically imported module')
    }
    vi.doMock('../../src/engines/gpu/device/adapter.ts', missing)
    vi.doMock('../../src/engines/gpu/engine.ts', missing)
    try {
      expect(await say(large)).toBe('wasm: no GPU answers')
      const compiled = await gpu({ mode: 'webgpu' }).compile(small)()
      expect(compiled).toMatchObject({ _tag: 'Left', left: { _tag: 'NotAvailable', engine: 'gpu:webgpu' } })
    } finally {
      vi.doUnmock('../../src/engines/gpu/device/adapter.ts')
      vi.doUnmock('../../src/engines/gpu/engine.ts')
    }
  })

  it('stands in what its executable explains', async () => {
    vi.stubGlobal('navigator', gpuNamed('llvmpipe'))
    const compiled = await auto.compile(small)()
    expect(E.isRight(compiled) && compiled.right.explain()).toMatch(/^wasm.*\ntaken by auto: no GPU answers\n/)
    if (E.isRight(compiled)) compiled.right.dispose()
  })

  it('leaves a program to the CPU where a GPU cannot have it after all', async () => {
    vi.stubGlobal('navigator', gpuNamed('NVIDIA H100'))
    const auto = await selectEngine('auto')()
    if (E.isLeft(auto)) throw new Error(auto.left.actual)
    const compiled = await auto.right.compile(large)()
    expect(E.isRight(compiled) && compiled.right.engine).toBe('wasm')
    if (E.isRight(compiled)) compiled.right.dispose()
  })
})

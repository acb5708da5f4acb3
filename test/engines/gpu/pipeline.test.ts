import * as E from '#fp-ts/Either'
import { describe, expect, it } from 'vitest'
import type { Device } from '../../../src/engines/gpu/device/device.ts'
import type { GpuExecutable } from '../../../src/engines/gpu/executable.ts'
import type { Gpu, Pipeline } from '../../../src/engines/gpu/device/gpujs.ts'
import { loadGpuJs } from '../../../src/engines/gpu/device/gpujs.ts'
import type { GpuMode } from '../../../src/engines/gpu/modes.ts'
import { createPipeline, kernelCache, noChain } from '../../../src/engines/gpu/pipeline.ts'
import { printPart } from '../../../kernels/gpu/printPart.ts'
import { gpu } from '../../../src/engines/lazyGpu.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import type { Aval, Tensor } from '../../../src/tensor/tensor.ts'
import { makeTensor } from '../../../src/tensor/makeTensor.ts'
import { compile } from '../../../src/transform/compile.ts'
import { programOf } from '../../support/programs.ts'

const build = async (f: (...xs: Tensor[]) => unknown, xs: readonly Aval[]): Promise<GpuExecutable> => {
  const executable = await gpu({ mode: 'webasm' }).compile(programOf(f, xs))()
  if (E.isLeft(executable)) throw new Error(executable.left.actual)
  return executable.right
}
const vector = (size: number): Aval => ({ shape: [size], dtype: 'float32' })

const limits = { quads: true, mostArguments: 63, mostElements: 2 ** 24 } as const
const workFor = (f: (...xs: Tensor[]) => unknown, xs: readonly Aval[], mostArguments = 63) => {
  const work = printPart(programOf(f, xs), { ...limits, mostArguments })
  if (E.isLeft(work)) throw new Error(work.left.actual)
  return work.right
}

describe('what gpu.js does in silence', () => {
  interface Behaviour {
    readonly executor?: string
    readonly results?: () => Promise<readonly Float32Array[]>
    readonly lost?: string
  }
  const deviceOf = (mode: GpuMode, { executor = 'fused-sync', results, lost }: Behaviour): Device => {
    const pipeline = Object.assign(results ?? (() => Promise.resolve([Float32Array.of(1, 2)])), {
      executorKind: executor,
      fallbackReason: 'a reason',
      destroy: () => Promise.resolve()
    }) satisfies Pipeline
    const object: Gpu = {
      createKernel: () => () => undefined,
      createPipeline: () => pipeline,
      destroy: () => Promise.resolve()
    }
    return {
      ...limits,
      mode,
      gpu: object,
      adapter: 'a fake',
      isSoftware: false,
      lost: () => lost,
      takeFault: () => undefined,
      destroy: () => Promise.resolve()
    }
  }
  const work = workFor((x) => o.exp(x), [vector(2)])
  const runOn = (device: Device, onDegraded?: (reason: string) => void) =>
    createPipeline(device, kernelCache(device), work, { ...noChain, steps: 1, threads: false, onDegraded }).run(
      new Map(),
      [[Float32Array.of(0, 1)]]
    )
  const faultOf = async (mode: GpuMode, behaviour: Behaviour) => {
    const result = await runOn(deviceOf(mode, behaviour))
    return E.isLeft(result) ? result.left('gpu') : undefined
  }

  it('degrading to the generic executor is a fault where a mode has a better one', async () => {
    for (const mode of ['webasm', 'webgpu'] as const) {
      const actual = expect.stringContaining('a reason') as unknown
      expect(await faultOf(mode, { executor: 'generic' })).toMatchObject({ _tag: 'Degraded', actual })
      expect(await faultOf(mode, { executor: 'fused-sync' })).toBeUndefined()
    }
    for (const mode of ['cpu', 'webgl2', 'headlessgl'] as const)
      expect(await faultOf(mode, { executor: 'generic' })).toBeUndefined()
  })

  it('or an event, where the user allowed it', async () => {
    const heard: string[] = []
    const result = await runOn(deviceOf('webasm', { executor: 'generic' }), (reason) => heard.push(reason))
    expect(heard).toEqual(['a reason'])
    expect(result).toEqual(E.right([[Float32Array.of(1, 2)]]))
  })

  it('results of a device that is gone are none, whatever came', async () => {
    expect(await faultOf('webgpu', { executor: 'fused-encoder', lost: 'unplugged' })).toMatchObject({
      _tag: 'DeviceLost',
      actual: expect.stringContaining('unplugged') as unknown
    })
  })

  it('what it throws is a fault too', async () => {
    const failing = (message: string): Behaviour => ({ results: () => Promise.reject(new Error(message)) })
    expect(await faultOf('webasm', failing('no such thing'))).toMatchObject({
      _tag: 'NotSupported',
      actual: 'no such thing'
    })
    expect(await faultOf('webasm', failing('could not allocate memory'))).toMatchObject({ _tag: 'OutOfMemory' })
    expect(await faultOf('webasm', failing('memory access out of bounds'))).toMatchObject({ _tag: 'NotSupported' })
    expect(await faultOf('webgpu', { ...failing('anything'), lost: 'unplugged' })).toMatchObject({ _tag: 'DeviceLost' })
  })
})

describe('a pipeline', () => {
  it('takes constants as arguments, once each: a captured array would be copied for each use', async () => {
    const table = makeTensor([1, 2, 3, 4])
    const work = workFor(
      (x) => {
        let y = x
        for (let i = 0; i < 3; i++) y = o.cumulativeSum(o.mul(y, table), 0)
        return y
      },
      [vector(4)]
    )
    expect(work.launches.length).toBeGreaterThan(1)
    let taken = 0
    const { GPU } = await loadGpuJs()
    const real = new GPU({ mode: 'webasm' })
    const spy: Gpu = {
      createKernel: (...all) => real.createKernel(...all),
      createPipeline: (orchestrate, settings) => {
        taken = orchestrate.length
        return real.createPipeline(orchestrate, settings)
      },
      destroy: () => real.destroy()
    }
    const device = { ...limits, mode: "webasm", gpu: spy, adapter: '', isSoftware: false, lost: () => undefined, takeFault: () => undefined, destroy: () => real.destroy() } satisfies Device // prettier-ignore
    const options = { ...noChain, steps: 1, threads: false }
    const pipeline = createPipeline(device, kernelCache(device), work, options)
    const results = await pipeline.run(new Map(), [[Float32Array.of(1, 1, 1, 1)]])
    expect(taken).toBe(2)
    expect(pipeline.executor()).toBe('fused-sync')
    expect(results).toEqual(E.right([[Float32Array.of(1, 15, 90, 350)]]))
    await pipeline.destroy()
    await device.destroy()
  })

  it('has one kernel for equal ones of one size, and another for each size', async () => {
    const [a, b] = [makeTensor([1, 2, 3, 4]), makeTensor([1, 2, 3, 4, 5, 6, 7, 8])]
    const f = (x: Tensor, y: Tensor): readonly Tensor[] => [o.exp(x), o.exp(o.mul(x, 1)), o.exp(y), o.exp(o.add(y, 1))]
    const executable = await build(f, [a, b])
    const results = await executable.run([a.data, b.data])()
    if (E.isLeft(results)) throw new Error(results.left.actual)
    f(a, b).forEach(({ data }, i) => expect(errorAgainst(results.right[i]!, data)).toBeLessThan(1e-6))
    expect(executable.explain()).toContain('3 launches of 3 kernels')
    executable.dispose()
  })

  it('lets go of kernels of the cpu mode with their GPU object: each executable has one of its own', async () => {
    const { GPU } = await loadGpuJs()
    const prototype = GPU.prototype as { destroy: () => Promise<void> }
    const original = prototype.destroy
    const destroyed = new Set<unknown>()
    prototype.destroy = async function () {
      await original.call(this)
      destroyed.add(this)
    }
    try {
      const f = compile((x: Tensor) => o.tanh(x), { engine: 'gpu:cpu' })
      for (const size of [3, 4, 5]) await f(o.full([size], 1))
      f.dispose()
      await expect.poll(() => destroyed.size).toBe(3)
    } finally {
      prototype.destroy = original
    }
  })

  it('has no array beyond what a device allows, those that kernels share among them', () => {
    const params = { stride: [1, 1], low: [1, 1], dilation: [1, 1], input: [8, 8], kernel: [3, 3], output: [8, 8] }
    const image: Aval = { shape: [1, 1, 1, 8, 8], dtype: 'float32' }
    const filter: Aval = { shape: [1, 1, 1, 3, 3], dtype: 'float32' }
    const program = programOf((x, w) => o.conv(x, w, params), [image, filter])
    const workOn = (mostElements: number) => printPart(program, { ...limits, mostElements })
    // The image with its margins.
    expect(E.isRight(workOn(100))).toBe(true)
    const refused = workOn(99)
    expect(refused).toMatchObject({ left: { reason: 'size', actual: 'one of 100' } })
  })

  it('reads no more arrays in a kernel than WebGPU binds', () => {
    const xs = Array.from({ length: 20 }, () => vector(2))
    const sum = (...all: Tensor[]): Tensor => all.reduce((x, y) => o.add(o.mul(x, 2), o.exp(y)))
    const most = (mostArguments: number): number =>
      Math.max(...workFor(sum, xs, mostArguments).launches.map(({ reads }) => reads.length))
    // A body has a bounded depth, so that not even where all fit one kernel reads all.
    expect(most(63)).toBeGreaterThan(7)
    expect(most(7)).toBeLessThanOrEqual(7)
    const together = workFor((...all) => o.concat(all, 0), xs, 7)
    expect(Math.max(...together.launches.map(({ reads }) => reads.length))).toBeLessThanOrEqual(7)
  })
})

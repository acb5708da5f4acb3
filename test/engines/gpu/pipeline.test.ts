import * as E from '#fp-ts/Either'
import { describe, expect, it } from 'vitest'
import type { Executable } from '../../../src/engines/engine.ts'
import { gpuEngine } from '../../../src/engines/gpu/engine.ts'
import type { Gpu, Pipeline } from '../../../src/engines/gpu/gpujs.ts'
import { loadGpuJs } from '../../../src/engines/gpu/gpujs.ts'
import { devicePipeline } from '../../../src/engines/gpu/pipeline.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import type { Aval, Tensor } from '../../../src/tensor/tensor.ts'
import { makeTensor } from '../../../src/tensor/tensor.ts'
import { flatten } from '../../../src/tensor/tree.ts'
import { compile, traceFunction } from '../../../src/transform/compile.ts'

const build = async (f: (...xs: Tensor[]) => unknown, xs: readonly Aval[]): Promise<Executable> => {
  const { structure } = flatten(xs.map((x) => ({ ...x, data: new Float32Array(0) })))
  const { program } = traceFunction(f, structure, xs, 'test')
  const executable = await gpuEngine('webasm').compile(program)()
  if (E.isLeft(executable)) throw new Error(executable.left.actual)
  return executable.right
}
const vector = (size: number): Aval => ({ shape: [size], dtype: 'float32' })

describe('what gpu.js does in silence', () => {
  const pipelineOf = (pipeline: () => Promise<readonly Float32Array[]>, executorKind: string): Gpu => ({
    createKernel: () => () => undefined,
    createPipeline: () =>
      Object.assign(pipeline, {
        executorKind,
        fallbackReason: 'a reason',
        destroy: () => Promise.resolve()
      }) satisfies Pipeline,
    destroy: () => Promise.resolve()
  })
  const stage = { at: 'engine', calls: [], takes: [], gives: [] } as const
  const faultOf = async (gpu: Gpu, mode: 'webasm' | 'cpu') => {
    const result = await devicePipeline(gpu, mode, stage, () => () => undefined).run([])
    return E.isLeft(result) ? result.left('gpu') : undefined
  }

  it('degrading to the generic executor is a fault, but on cpu, which has no other', async () => {
    const gpu = pipelineOf(() => Promise.resolve([]), 'generic')
    expect(await faultOf(gpu, 'webasm')).toMatchObject({
      _tag: 'Degraded',
      actual: expect.stringContaining('a reason')
    })
    expect(await faultOf(gpu, 'cpu')).toBeUndefined()
    expect(
      await faultOf(
        pipelineOf(() => Promise.resolve([]), 'fused-sync'),
        'webasm'
      )
    ).toBeUndefined()
  })

  it('what it throws is a fault too', async () => {
    const failing = (message: string): Gpu => pipelineOf(() => Promise.reject(new Error(message)), 'fused-sync')
    expect(await faultOf(failing('no such thing'), 'webasm')).toMatchObject({
      _tag: 'NotSupported',
      actual: 'no such thing'
    })
    expect(await faultOf(failing('could not allocate memory'), 'webasm')).toMatchObject({ _tag: 'OutOfMemory' })
    expect(await faultOf(failing('memory access out of bounds'), 'webasm')).toMatchObject({ _tag: 'NotSupported' })
  })

  it('a captured array would be copied for each use: constants are arguments, once each', async () => {
    const table = makeTensor([1, 2, 3, 4])
    const executable = await build(
      (x) => {
        let y = x
        for (let i = 0; i < 10; i++) y = o.mul(o.add(y, table), table)
        return y
      },
      [vector(4)]
    )
    expect(executable.explain()).toContain('20 kernels (2 distinct)')
    expect(executable.explain()).toContain('2 arrays up, 1 down')
    executable.dispose()
  })

  it('a kernel has one size: equal text over other shapes is another kernel', async () => {
    const [a, b] = [makeTensor([1, 2, 3, 4]), makeTensor([1, 2, 3, 4, 5, 6, 7, 8])]
    const f = (x: Tensor, y: Tensor): readonly Tensor[] => [o.exp(x), o.exp(y), o.exp(o.reshape(y, [2, 4]))]
    const executable = await build(f, [a, b])
    const results = await executable.run([a.data, b.data])()
    expect(results).toEqual(E.right(f(a, b).map(({ data }) => data)))
    expect(executable.explain()).toContain('3 kernels (2 distinct)')
    executable.dispose()
  })

  it('kernels of the cpu mode stay with their GPU object: each executable has one, and lets it go', async () => {
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

  it('seven arrays are the most that WebGPU binds beside the result', async () => {
    const executable = await build(
      (...xs) => o.concat(xs, 0),
      Array.from({ length: 8 }, () => vector(2))
    )
    expect(executable.explain()).toContain('2 kernels')
    expect(executable.explain()).toContain('part to float32[14]')
    executable.dispose()
  })
})

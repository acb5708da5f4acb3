import * as E from '#fp-ts/Either'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GpuExecutable } from '../../../src/engines/gpu/executable.ts'
import { loadGpuJs } from '../../../src/engines/gpu/device/gpujs.ts'
import { gpu } from '../../../src/engines/lazyGpu.ts'
import { zeros } from '../../../src/ops/creation.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { of } from '../../../src/transform/programs.ts'
import { rightOf } from '../../support/programs.ts'

/** GPU objects of gpu.js that pipelines were made on, and those that were given back. */
const used = new Set<unknown>()
const givenBack = new Set<unknown>()

interface Prototype {
  createKernel: (this: unknown, ...args: unknown[]) => unknown
  destroy: (this: unknown) => Promise<void>
}
let prototype: Prototype
let original: Pick<Prototype, 'createKernel' | 'destroy'>

describe('an executable', () => {
  beforeEach(async () => {
    prototype = (await loadGpuJs()).GPU.prototype as Prototype
    original = { createKernel: prototype.createKernel, destroy: prototype.destroy }
    used.clear()
    givenBack.clear()
    prototype.createKernel = function (...args) {
      used.add(this)
      return original.createKernel.apply(this, args)
    }
    prototype.destroy = async function () {
      await original.destroy.call(this)
      givenBack.add(this)
    }
  })
  afterEach(() => {
    Object.assign(prototype, original)
  })

  const program = of((w: Tensor, x: Tensor) => [o.add(w, x), o.exp(w)] as const, zeros([4]), zeros([4]))
  const x = new Float32Array(4).fill(1)
  const compiled = async (): Promise<GpuExecutable> =>
    rightOf(await gpu({ mode: 'webasm' }).compile(program, { carry: 1 })())
  const resident = async (executable: GpuExecutable) => rightOf(await executable.resident([new Float32Array(4)])())

  it('that is disposed of while steps run ends with them, and opens nothing more', async () => {
    const executable = await compiled()
    const state = await resident(executable)
    let heard = 0
    const onStep = (): void => {
      heard++
      if (heard === 9) executable.dispose()
    }
    const ended = await state.advance({ steps: 40, feed: () => [x], onStep })()
    expect(E.isLeft(ended) && ended.left._tag).toBe('Disposed')
    expect(heard).toBeLessThan(40)
    await expect.poll(() => givenBack.size).toBe(1)
    expect(used.size).toBe(1)
  })

  it('forgets a carry that is disposed of while steps run', async () => {
    const executable = await compiled()
    const state = await resident(executable)
    const onStep = (step: number): void => {
      if (step === 3) state.dispose()
    }
    for (const steps of [40, 7]) {
      const ended = await state.advance({ steps, feed: () => [x], onStep })()
      expect(E.isLeft(ended) && ended.left._tag).toBe('Disposed')
    }
    const snapshot = await state.snapshot()()
    expect(E.isLeft(snapshot) && snapshot.left._tag).toBe('Disposed')
    executable.dispose()
  })

  it('that does not come about gives its device back', async () => {
    prototype.createKernel = function () {
      used.add(this)
      throw new Error('no such language')
    }
    const failed = await gpu({ mode: 'webasm' }).compile(program)()
    expect(E.isLeft(failed) && failed.left).toMatchObject({ _tag: 'NotSupported', actual: 'no such language' })
    expect(used.size).toBe(1)
    for (const one of used) expect(givenBack.has(one)).toBe(true)
  })

  it('hands on what a callback throws, and works on', async () => {
    const executable = await compiled()
    const state = await resident(executable)
    const failing = (step: number): readonly Float32Array[] => {
      if (step === 11) throw new RangeError('no more data')
      return [x]
    }
    await expect(state.advance({ steps: 20, feed: failing })()).rejects.toThrow('no more data')
    const [after] = rightOf(await state.snapshot()())
    expect(after).toEqual(new Float32Array(4).fill(8))
    rightOf(await state.advance({ steps: 1, feed: () => [x] })())
    expect(rightOf(await state.snapshot()())).toEqual([new Float32Array(4).fill(9)])
    executable.dispose()
  })
})

import * as E from '#fp-ts/Either'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gpu } from '../../../src/engines/lazyGpu.ts'
import { ones, zeros } from '../../../src/ops/creation.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { of } from '../../../src/transform/programs.ts'
import { keepDevices } from '../../support/webgpuDevices.ts'
import { gpuModes } from '../../support/gpuModes.ts'
import { rightOf } from '../../support/programs.ts'

describe.runIf(gpuModes.includes('webgpu'))('an executable whose device is lost', () => {
  let kept: Awaited<ReturnType<typeof keepDevices>>
  let isGone = false
  beforeAll(async () => {
    kept = await keepDevices(() => {
      if (isGone) throw new Error('the card was pulled out')
    })
  })
  afterAll(() => {
    kept.stop()
  })

  const program = of((w: Tensor, x: Tensor) => [o.add(w, x), o.reduceSum(w, [0])] as const, zeros([8]), ones([8]))
  const x = new Float32Array(8).fill(1)

  it('answers with a fault, goes on with a new device from the state before, and says when none is left', async () => {
    isGone = false
    const executable = rightOf(await gpu({ mode: 'webgpu' }).compile(program, { carry: 1 })())
    const state = rightOf(await executable.resident([new Float32Array(8)])())
    const steps = (count: number) => state.advance({ steps: count, feed: () => [x] })()
    rightOf(await steps(10))
    kept.devices.at(-1)!.destroy()
    const broken = [await steps(1), await steps(1)]
    // Whether the driver tells before or after the next call is its own affair.
    const faults = broken.filter(E.isLeft)
    expect(faults.length).toBeLessThanOrEqual(1)
    for (const { left } of faults) expect(left).toMatchObject({ _tag: 'DeviceLost', engine: 'gpu:webgpu' })
    rightOf(await steps(9))
    expect(rightOf(await state.snapshot()())).toEqual([new Float32Array(8).fill(10 + 2 - faults.length + 9)])

    isGone = true
    kept.devices.at(-1)!.destroy()
    await steps(1)
    const none = await steps(1)
    expect(E.isLeft(none) && none.left).toMatchObject({ _tag: 'NotAvailable', actual: 'the card was pulled out' })
    isGone = false
    rightOf(await steps(1))
    executable.dispose()
  })
})

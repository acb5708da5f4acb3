import * as E from '#fp-ts/Either'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { showFault } from '../../../../src/engines/engine.ts'
import { realAdapter } from '../../../../src/engines/gpu/device/adapter.ts'
import type { Device } from '../../../../src/engines/gpu/device/device.ts'
import { openDevice } from '../../../../src/engines/gpu/device/openDevice.ts'
import type { Pipeline } from '../../../../src/engines/gpu/device/gpujs.ts'
import type { RawDevice } from '../../../support/webgpuDevices.ts'
import { keepDevices } from '../../../support/webgpuDevices.ts'
import { gpuModes } from '../../../support/gpuModes.ts'

const mapRead = 1
const storage = 0x80
const x = new Float32Array(4096).fill(1)

const pipelineOf = ({ gpu }: Device, repeats: number): Pipeline => {
  const source = `function (a) { let sum = 0; for (let i = 0; i < ${repeats}; i++) { sum += a[this.thread.x]; } return sum; }`
  const kernel = gpu.createKernel(source, { output: [x.length], precision: 'single', loopMaxIterations: 1e9 })
  return gpu.createPipeline((a) => [kernel(a)], { threads: false })
}

describe.runIf(gpuModes.includes('webgpu'))('a device of webgpu', () => {
  let kept: Awaited<ReturnType<typeof keepDevices>>
  beforeAll(async () => {
    kept = await keepDevices()
  })
  afterAll(() => {
    kept.stop()
  })
  const open = async (): Promise<{ readonly device: Device; readonly behind: RawDevice }> => {
    const device = await openDevice('webgpu')
    if (E.isLeft(device)) throw new Error(showFault(device.left('gpu:webgpu')))
    return { device: device.right, behind: kept.devices.at(-1)! }
  }

  it('says what answers, and that SwiftShader is a program', async () => {
    const { device } = await open()
    expect(device.adapter).not.toBe('')
    expect(device.isSoftware).toBe(/swiftshader|llvmpipe/i.test(device.adapter))
    expect(await realAdapter()).toBe(device.isSoftware ? undefined : device.adapter)
    await device.destroy()
  })

  it('may read more than the 7 arrays of the default, since the adapter allows it', async () => {
    const { device } = await open()
    expect(device.mostArguments).toBeGreaterThanOrEqual(9)
    expect(device.mostElements).toBe(2 ** 24)
    await device.destroy()
  })

  it('that is lost fails the call in flight and all later ones, says why, and leaves room for a new one', async () => {
    const { device, behind } = await open()
    const run = pipelineOf(device, 20_000)
    expect((await run(x))[0]).toEqual(x.map((value) => 20_000 * value))
    const running = run(x)
    behind.destroy()
    await expect(running).rejects.toThrow()
    expect(device.lost()).toBe('device was destroyed')
    expect(device.takeFault()?.('gpu:webgpu')).toMatchObject({ _tag: 'DeviceLost', engine: 'gpu:webgpu' })
    await expect(run(x)).rejects.toThrow('device was destroyed')
    await expect(pipelineOf(device, 3)(x)).rejects.toThrow('device was destroyed')

    const { device: next } = await open()
    expect((await pipelineOf(next, 2)(x))[0]).toEqual(x.map((value) => 2 * value))
    expect([next.lost(), next.takeFault()]).toEqual([undefined, undefined])
    await Promise.all([device.destroy(), next.destroy()])
  })

  it('hands over what it found wrong, once', async () => {
    const { device, behind } = await open()
    behind.createBuffer({ size: 16, usage: mapRead | storage })
    await pipelineOf(device, 2)(x)
    const fault = device.takeFault()?.('gpu:webgpu')
    expect(fault).toMatchObject({ _tag: 'NotSupported' })
    expect(fault?.actual).toMatch(/^Buffer usages .* is invalid.*$/)
    expect(device.takeFault()).toBeUndefined()
    expect(device.lost()).toBeUndefined()
    await device.destroy()
  })
})

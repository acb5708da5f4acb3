import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as E from '#fp-ts/Either'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { showFault } from '../../../src/engines/engine.ts'
import type { EngineFault } from '../../../src/engines/engine.ts'
import { realAdapter } from '../../../src/engines/gpu/device/adapter.ts'
import type { Device } from '../../../src/engines/gpu/device/device.ts'
import { openDevice } from '../../../src/engines/gpu/device/openDevice.ts'
import type { Pipeline } from '../../../src/engines/gpu/device/gpujs.ts'
import type { GpuMode } from '../../../src/engines/gpu/modes.ts'
import { fuses } from '../../../src/engines/gpu/modes.ts'
import type { WebGpuAdapterInfo } from '../../../src/engines/gpu/device/webgpu.ts'
import { gpuModes } from '../../support/gpuModes.ts'

const open = async (mode: GpuMode): Promise<Device> => {
  const device = await openDevice(mode)
  if (E.isLeft(device)) throw new Error(showFault(device.left(`gpu:${mode}`)))
  return device.right
}
const faultOf = async (mode: GpuMode): Promise<EngineFault> => {
  const device = await openDevice(mode)
  if (E.isRight(device)) throw new Error(`there is ${device.right.adapter}`)
  return device.left(`gpu:${mode}`)
}

const cells = 1024
/** The sum of so many arrays, its terms repeated so often. */
const sumOf = ({ gpu }: Device, count: number, repeats = 1): Pipeline => {
  const names = Array.from({ length: count }, (_, i) => `a${i}`)
  const terms = names.map((name) => `${name}[this.thread.x]`).join(' + ')
  const source = `function (${names.join(', ')}) { let sum = 0; for (let i = 0; i < ${repeats}; i++) { sum += ${terms}; } return sum; }`
  const kernel = gpu.createKernel(source, { output: [cells], precision: 'single', loopMaxIterations: 1e9 })
  const orchestrate = (...handles: readonly unknown[]): readonly unknown[] => [kernel(...handles)]
  return gpu.createPipeline(Object.defineProperty(orchestrate, 'length', { value: count }), { threads: false })
}
const arrays = (count: number): readonly Float32Array[] =>
  Array.from({ length: count }, (_, i) => new Float32Array(cells).map((_, cell) => i + cell))
const expected = (count: number): Float32Array =>
  new Float32Array(cells).map((_, cell) => (count * (count - 1)) / 2 + count * cell)

describe.each(gpuModes)('%s', (mode) => {
  it('runs a kernel that reads as many arrays as it says', async () => {
    const device = await open(mode)
    expect(device.mode).toBe(mode)
    expect(device.mostArguments).toBeGreaterThanOrEqual(7)
    for (const count of new Set([1, device.mostArguments])) {
      const sum = sumOf(device, count)
      expect((await sum(...arrays(count)))[0]).toEqual(expected(count))
      expect(sum.executorKind === 'generic').toBe(!fuses(mode))
    }
    expect([device.lost(), device.takeFault()]).toEqual([undefined, undefined])
    await device.destroy()
  })

  it('opens devices that end one by one, and a new one afterwards', async () => {
    const [first, second] = [await open(mode), await open(mode)]
    await first.destroy()
    expect(first.lost()).toBe('it was destroyed')
    expect(second.lost()).toBeUndefined()
    expect((await sumOf(second, 2)(...arrays(2)))[0]).toEqual(expected(2))
    await second.destroy()
    const third = await open(mode)
    expect((await sumOf(third, 3)(...arrays(3)))[0]).toEqual(expected(3))
    await third.destroy()
  })

  it('sets no globals', async () => {
    const before = Object.getOwnPropertyNames(globalThis)
    const device = await open(mode)
    await sumOf(device, 1)(...arrays(1))
    await device.destroy()
    expect(Object.getOwnPropertyNames(globalThis)).toEqual(before)
  })
})

const program = fileURLToPath(new URL('support/deviceRun.ts', import.meta.url))
const outputOf = async (
  asked: string,
  { hooks = [], env = process.env }: { readonly hooks?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {}
): Promise<{ stdout: string; stderr: string }> => {
  const files = ['stripTypes.mjs', ...hooks].map((file) => new URL(`../../support/${file}`, import.meta.url).href)
  const register = files.map((file) => `register('${file}');`).join('')
  const start = `data:text/javascript,import { register } from 'node:module'; ${register}`
  return promisify(execFile)(process.execPath, ['--import', start, program, asked], { env, timeout: 50_000 })
}

describe('a process', () => {
  it.each(gpuModes)(
    'that leaves a call and a device of %s behind ends by itself, having printed nothing',
    async (mode) => {
      expect(await outputOf(mode)).toEqual({ stdout: 'first 1\n', stderr: '' })
    }
  )

  it('without the package webgpu is told to install it', async () => {
    const { stdout, stderr } = await outputOf('webgpu', { hooks: ['withoutWebGpu.mjs'] })
    expect(stdout).toContain("gpu:webgpu: NotAvailable: expected the package 'webgpu'; got Node")
    expect(stdout).toContain('npm install webgpu')
    expect(stderr).toBe('')
  })

  it('that has no driver of a GPU learns so without a word', async () => {
    const { VK_ICD_FILENAMES: _named, ...others } = process.env
    const { stdout, stderr } = await outputOf('real', { env: { ...others, XDG_DATA_DIRS: '/nowhere' } })
    expect(stdout).toMatch(/^real: /)
    expect(stderr).toBe('')
  })
})

describe('where a mode is missing', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it.each(['webgl', 'webgl2'] as const)('%s says that it needs a browser', async (mode) => {
    const fault = await faultOf(mode)
    expect(fault._tag).toBe('NotAvailable')
    expect(showFault(fault)).toMatch(/expected a browser with WebGL.*In Node use headlessgl/)
  })

  it('webgpu says that no adapter answers', async () => {
    vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve(null) } })
    expect(await faultOf('webgpu')).toMatchObject({ _tag: 'NotAvailable', actual: 'none that answers' })
    expect(await realAdapter()).toBeUndefined()
  })

  it('webgpu says why an adapter or a device is refused', async () => {
    vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.reject(new Error('blocked by policy')) } })
    expect(await faultOf('webgpu')).toMatchObject({ _tag: 'NotAvailable', actual: 'blocked by policy' })
    expect(await realAdapter()).toBeUndefined()
    const adapter = { limits: {}, info: {}, requestDevice: () => Promise.reject(new Error('out of contexts')) }
    vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve(adapter) } })
    expect(await faultOf('webgpu')).toMatchObject({ _tag: 'NotAvailable', actual: 'out of contexts' })
  })
})

describe('an adapter', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it.each([
    [{ vendor: 'nvidia', architecture: 'ampere', device: '', description: '' }, 'nvidia, ampere'],
    [{ vendor: 'apple', architecture: 'common-3', isFallbackAdapter: false }, 'apple, common-3'],
    [{}, 'an adapter without a name'],
    [{ vendor: 'google', architecture: 'swiftshader' }, undefined],
    [{ vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' }, undefined],
    [{ vendor: 'microsoft', description: 'Microsoft Basic Render Driver' }, undefined],
    [{ vendor: 'unheard of', isFallbackAdapter: true }, undefined]
  ] as readonly [WebGpuAdapterInfo, string | undefined][])('%o is real by the name %s', async (info, name) => {
    vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve({ info, limits: {} }) } })
    expect(await realAdapter()).toBe(name)
  })
})

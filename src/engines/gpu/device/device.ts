import * as E from '#fp-ts/Either'
import { loadBackends } from './backends.ts'
import type { FaultOf } from '../faults.ts'
import { messageOf, notAvailable, useAnother } from '../faults.ts'
import type { Gpu } from './gpujs.ts'
import type { GpuMode } from '../modes.ts'
import { processorDevice } from './processorDevice.ts'
import { webGlDevice } from './webglDevice.ts'
import { openWebGpu } from './webgpuDevice.ts'

/** What the kernels of one mode run on. Each belongs to whoever opened it. */
export interface Device {
  readonly mode: GpuMode
  /** gpu.js's object: kernels and pipelines made by it run here. */
  readonly gpu: Gpu
  /** What answers, in its own words. */
  readonly adapter: string
  /** Whether a program on the CPU plays the GPU. The modes webasm and cpu play nothing: they are what they say. */
  readonly isSoftware: boolean
  /** Arrays that one kernel may read. */
  readonly mostArguments: number
  /** Elements that one array may have. */
  readonly mostElements: number
  /** Why the device is gone, if it is. */
  readonly lost: () => string | undefined
  /**
   * What the device found wrong on its own since last asked: what ran since then may have given zeros. To be asked after
   * each call, since no call fails by it.
   */
  readonly takeFault: () => FaultOf | undefined
  readonly destroy: () => Promise<void>
}

const noWebAssembly = notAvailable(
  'WebAssembly',
  'a platform without it, or a page whose policy forbids it',
  `Allow 'wasm-unsafe-eval' in the page's Content-Security-Policy, or ${useAnother}`
)

/** A new device of that mode, or why there is none here. */
export const openDevice = async (mode: GpuMode): Promise<E.Either<FaultOf, Device>> => {
  try {
    if (mode === 'webgpu') return await openWebGpu()
    const backends = await loadBackends()
    if (mode === 'webasm' && !backends.WebAssemblyKernel.isSupported) return E.left(noWebAssembly)
    return mode === 'webasm' || mode === 'cpu'
      ? E.right(processorDevice(mode, new backends.GPU({ mode })))
      : webGlDevice(backends, mode)
  } catch (cause) {
    return E.left(notAvailable('gpu.js in this mode', messageOf(cause), `Install gpu.js, or ${useAnother}`))
  }
}

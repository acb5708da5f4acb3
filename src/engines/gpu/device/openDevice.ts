import * as E from '#fp-ts/Either'
import type { FaultOf } from '../faultOf.ts'
import { messageOf } from '../faultOf.ts'
import { notAvailable, useAnother } from './notAvailable.ts'
import type { GpuMode } from '../modes.ts'
import { loadBackends } from './backends.ts'
import type { Device } from './device.ts'
import { processorDevice } from './processorDevice.ts'
import { webGlDevice } from './webglDevice.ts'
import { openWebGpu } from './webgpuDevice.ts'

const noWebAssembly = notAvailable(
  'WebAssembly',
  'a platform without it, or a page whose policy forbids it',
  `Allow 'wasm-unsafe-eval' in the page's Content-Security-Policy, or ${useAnother}`
)

/** Opens a new device of that mode, or says why there is none here. */
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

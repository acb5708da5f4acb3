import * as E from '#fp-ts/Either'
import { describeAdapter, findAdapter, isSoftwareAdapter } from './adapter.ts'
import type { Backends, WebGpuContext } from './backends.ts'
import { loadBackends } from './backends.ts'
import type { Device } from './device.ts'
import type { FaultOf } from '../faultOf.ts'
import { lost } from '../faults.ts'
import { messageOf } from '../faultOf.ts'
import { notAvailable, useAnother } from './notAvailable.ts'
import type { WebGpuAdapter, WebGpuDevice, WebGpuError } from './webgpu.ts'

/** The most arrays that a kernel is given: more gain nothing, and some adapters allow a million. */
const enoughArguments = 63

/** Requests a device with the limits of the adapter; the default limits are 8 buffers of 128 MiB. */
const requestDevice = (adapter: WebGpuAdapter): Promise<WebGpuDevice> => {
  const { maxStorageBuffersPerShaderStage, maxStorageBufferBindingSize, maxBufferSize } = adapter.limits
  return adapter.requestDevice({
    requiredLimits: { maxStorageBuffersPerShaderStage, maxStorageBufferBindingSize, maxBufferSize }
  })
}

const complained =
  (error: WebGpuError): FaultOf =>
  (engine) => ({
    _tag: error.constructor.name === 'GPUOutOfMemoryError' ? 'OutOfMemory' : 'NotSupported',
    engine,
    expected: 'work that the device accepts',
    // The lines after the first name calls of gpu.js.
    actual: error.message.split('\n', 1)[0]!,
    hint: 'Make the batch smaller, or compare with the reference engine, and please report this program'
  })

/**
 * Makes gpu.js's kernels run on a device of ours. Left to itself gpu.js finds a device through `navigator`, shares it with
 * everyone, asks for no more than 8 buffers, and logs when it is lost. A kernel requests its device synchronously at the
 * very start of `_buildAsync`, so the request is answered by `acquire` during that call.
 */
const kernelsOn = (
  { WebGPUKernel, WebGPUContext }: Backends,
  acquire: () => Promise<WebGpuContext>
): Backends['WebGPUKernel'] =>
  class extends WebGPUKernel {
    override _buildAsync(): Promise<void> {
      const own = WebGPUContext.acquire
      WebGPUContext.acquire = acquire
      try {
        return super._buildAsync()
      } finally {
        WebGPUContext.acquire = own
      }
    }
  }

const deviceOn = (gpuJs: Backends, adapter: WebGpuAdapter, device: WebGpuDevice): Device => {
  const context = { adapter, device, isLost: false }
  let gone: string | undefined
  let complaint: FaultOf | undefined
  const lose = (reason: string): void => {
    gone ??= reason
    context.isLost = true
  }
  void device.lost.then(({ reason, message }) => lose(message === '' ? reason : message))
  device.onuncapturederror = (event) => {
    event.preventDefault?.()
    complaint ??= complained(event.error)
  }
  // In the mode 'webgpu' the constructor would look for `navigator.gpu`. These two fields alone decide which kernels it
  // makes.
  const gpu = Object.assign(new gpuJs.GPU({ mode: 'cpu' }), {
    mode: 'webgpu',
    Kernel: kernelsOn(gpuJs, () => (gone === undefined ? Promise.resolve(context) : Promise.reject(new Error(gone))))
  })
  const { maxStorageBuffersPerShaderStage, maxStorageBufferBindingSize, maxBufferSize } = device.limits
  return {
    mode: 'webgpu',
    gpu,
    adapter: describeAdapter(adapter),
    isSoftware: isSoftwareAdapter(adapter),
    mostArguments: Math.min(maxStorageBuffersPerShaderStage - 1, enoughArguments),
    mostElements: Math.min(2 ** 24, Math.floor(Math.min(maxStorageBufferBindingSize, maxBufferSize) / 4)),
    lost: () => gone,
    takeFault: () => {
      if (gone !== undefined) return lost(gone)
      const taken = complaint
      complaint = undefined
      return taken
    },
    destroy: async () => {
      lose('it was destroyed')
      await gpu.destroy()
      device.destroy()
    }
  }
}

/** Opens a device of WebGPU that nobody else shares. */
export const openWebGpu = async (): Promise<E.Either<FaultOf, Device>> => {
  const adapter = await findAdapter()
  if (E.isLeft(adapter)) return adapter
  try {
    return E.right(deviceOn(await loadBackends(), adapter.right, await requestDevice(adapter.right)))
  } catch (cause) {
    return E.left(
      notAvailable(
        `a device of ${describeAdapter(adapter.right)}`,
        messageOf(cause),
        `Close what else uses the GPU, or ${useAnother}`
      )
    )
  }
}

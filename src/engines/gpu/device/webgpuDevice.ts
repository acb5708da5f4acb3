import * as E from '#fp-ts/Either'
import { describeAdapter, findAdapter, isSoftwareAdapter } from './adapter.ts'
import type { Backends, WebGpuContext } from './backends.ts'
import { loadBackends } from './backends.ts'
import type { Device } from './device.ts'
import type { FaultOf } from '../faults.ts'
import { lost, messageOf, notAvailable, useAnother } from '../faults.ts'
import type { WebGpuAdapter, WebGpuDevice, WebGpuError } from './webgpu.ts'

/** Beyond that nothing is gained, and some adapters promise a million. */
const enoughArguments = 63

/** With all that the adapter can give: the defaults bind 8 buffers of 128 MiB. */
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
    // Its first line: behind it comes which call of gpu.js it was.
    actual: error.message.split('\n', 1)[0]!,
    hint: 'Make the batch smaller, or compare with the reference engine, and please report this program'
  })

/**
 * gpu.js's kernels on a device of ours. Left to itself gpu.js finds one through `navigator`, shares it with everyone,
 * asks for no more than 8 buffers and prints what becomes of it. A kernel asks for its device by a call at the very start
 * of `_buildAsync`, so that for the length of this call we answer.
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
  // The constructor would look for `navigator.gpu`; which kernels it makes is decided by these two alone.
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

/** A device of WebGPU, of its own. */
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

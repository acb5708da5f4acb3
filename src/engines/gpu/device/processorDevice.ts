import type { Device } from './device.ts'
import type { Gpu } from './gpujs.ts'

/** Makes the device of the modes that run on the CPU: it needs no driver and is never lost. */
export const processorDevice = (mode: 'webasm' | 'cpu', gpu: Gpu): Device => {
  let gone: string | undefined
  return {
    mode,
    gpu,
    adapter: mode === 'webasm' ? 'the CPU through WebAssembly' : 'the CPU through JavaScript',
    isSoftware: false,
    mostArguments: 63,
    mostElements: 2 ** 24,
    lost: () => gone,
    takeFault: () => undefined,
    destroy: async () => {
      gone = 'it was destroyed'
      await gpu.destroy()
    }
  }
}

import * as E from '#fp-ts/Either'
import type { FaultOf } from './faults.ts'
import { notAvailable } from './faults.ts'
import type { Gpu } from './gpujs.ts'
import { loadGpuJs } from './gpujs.ts'
import type { GpuMode } from './modes.ts'

/** What the kernels of one mode run on. */
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
  /** What the device complained of on its own since last asked: results since then may be zeros. */
  readonly takeFault: () => FaultOf | undefined
  readonly destroy: () => Promise<void>
}

const processor = (mode: GpuMode, gpu: Gpu): Device => {
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

/** A device of that mode of its own, or why there is none here. */
export const openDevice = async (mode: GpuMode): Promise<E.Either<FaultOf, Device>> => {
  try {
    const { GPU } = await loadGpuJs()
    return E.right(processor(mode, new GPU({ mode })))
  } catch (cause) {
    return E.left(notAvailable(cause))
  }
}

import type { FaultOf } from '../faults.ts'
import type { GpuMode } from '../modes.ts'
import type { Gpu } from './gpujs.ts'

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

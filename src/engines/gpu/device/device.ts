import type { FaultOf } from '../faultOf.ts'
import type { GpuMode } from '../modes.ts'
import type { Gpu } from './gpujs.ts'

/** What the kernels of one mode run on. It belongs to whoever opened it, who has to destroy it. */
export interface Device {
  readonly mode: GpuMode
  /** gpu.js's object, which makes the kernels and pipelines that run here. */
  readonly gpu: Gpu
  /** The name of the adapter, as the driver gives it. */
  readonly adapter: string
  /** Whether a program on the CPU plays the GPU. False for the modes webasm and cpu, which claim no GPU. */
  readonly isSoftware: boolean
  /** How many arrays one kernel may read. */
  readonly mostArguments: number
  /** How many elements one array may have. */
  readonly mostElements: number
  /** Returns why the device is gone, if it is. */
  readonly lost: () => string | undefined
  /**
   * Returns an error that the device reported since the last call of this function. What ran in between may have given zeros
   * without failing, so this has to be called after each run.
   */
  readonly takeFault: () => FaultOf | undefined
  readonly destroy: () => Promise<void>
}

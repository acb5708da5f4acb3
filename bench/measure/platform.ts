import { availableParallelism } from 'node:os'
import { E } from '../../src/index.ts'
import type { Engine } from '../../src/engines/engine.ts'
import { showFault } from '../../src/engines/engine.ts'
import { openDevice } from '../../src/engines/gpu/device/openDevice.ts'
import type { EngineName } from '../../src/engines/select.ts'
import { engineOf, gpuModeOf } from './engine.ts'
import type { Options } from './options.ts'

/** What our steps run on. */
export interface Platform {
  readonly engine: EngineName | Engine
  /** The GPU's name, where there is one to name. */
  readonly adapter?: string
  /** A program on the CPU plays the GPU: its times say nothing about GPUs. */
  readonly software?: boolean
  /** Steps of more take too long here. */
  readonly mostFlops?: number
}

/** SwiftShader does 0.05 to 0.4 GFLOP a second. */
const mostFlopsOfSoftware = 1e9

/** The engine that the options name, and the GPU behind it; an error in words where the mode is not there. */
export const platformOf = async (options: Options): Promise<Platform> => {
  const engine = engineOf(options)
  const mode = gpuModeOf(options)
  if (mode === undefined || mode === 'webasm' || mode === 'cpu') return { engine }
  const opened = await openDevice(mode)
  if (E.isLeft(opened)) throw new Error(showFault(opened.left(`gpu:${mode}`)))
  const { adapter, isSoftware, destroy } = opened.right
  await destroy()
  return { engine, adapter, ...(isSoftware ? { software: true, mostFlops: mostFlopsOfSoftware } : {}) }
}

/** Threads that a step ran on: gpu.js takes one or all that the CPU has. */
export const threadsOf = (options: Options, executor: string | undefined): number | undefined => {
  const mode = gpuModeOf(options)
  if (mode === undefined) return options.threads
  if (mode !== 'webasm') return mode === 'cpu' ? 1 : undefined
  return executor?.includes('fused-threaded') === true ? availableParallelism() : 1
}

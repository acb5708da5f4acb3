import * as E from '#fp-ts/Either'
import type { Kernel } from '../../../kernels/gpu/kernel.ts'
import { kindOf } from '../../../kernels/gpu/kernel.ts'
import type { Aval } from '../../tensor/tensor.ts'
import type { FaultOf } from './faults.ts'
import { degraded, failed } from './faults.ts'
import type { Gpu, Handle } from './gpujs.ts'
import type { GpuMode } from './modes.ts'
import { fuses } from './modes.ts'
import type { Stage } from './schedule.ts'

/** A device stage made ready: arrays in, arrays out. */
export interface DevicePipeline {
  readonly run: (args: readonly Float32Array[]) => Promise<E.Either<FaultOf, readonly Float32Array[]>>
  readonly destroy: () => Promise<void>
}

type GpuKernel = ReturnType<Gpu['createKernel']>

/** Kernels by kind: equal ones are one, in all stages, which spares gpu.js translating them again. */
export const kernelStore = (gpu: Gpu): ((kernel: Kernel) => GpuKernel) => {
  const known = new Map<string, GpuKernel>()
  return (kernel) => {
    const kind = kindOf(kernel)
    const made =
      known.get(kind) ??
      gpu.createKernel(kernel.source, { output: [kernel.cells], precision: 'single', loopMaxIterations: 1e9 })
    known.set(kind, made)
    return made
  }
}

/**
 * All values come as arguments, never by capture: gpu.js copies a captured array for each use. Its thread pool stays
 * off, being one for each pipeline and slower below some 100,000 elements a kernel.
 */
export const devicePipeline = (
  gpu: Gpu,
  mode: GpuMode,
  { calls, takes, gives }: Stage & { readonly at: 'engine' },
  kernelFor: (kernel: Kernel) => GpuKernel
): DevicePipeline => {
  const kernels = calls.map(({ kernel }) => kernelFor(kernel))
  const orchestrate = (...handles: readonly Handle[]): readonly Handle[] => {
    const values = new Map<Aval, Handle>(takes.map((node, i) => [node, handles[i]]))
    calls.forEach(({ reads, writes }, i) => values.set(writes, kernels[i]!(...reads.map((x) => values.get(x)))))
    return gives.map((node) => values.get(node))
  }
  // gpu.js counts arguments by it.
  Object.defineProperty(orchestrate, 'length', { value: takes.length })
  const pipeline = gpu.createPipeline(orchestrate, { threads: false })
  return {
    run: async (args) => {
      try {
        const results = await pipeline(...args)
        // Else it went on kernel by kernel, without a word.
        return fuses(mode) && pipeline.executorKind === 'generic'
          ? E.left(degraded(pipeline.executorKind, pipeline.fallbackReason))
          : E.right(results)
      } catch (cause) {
        return E.left(failed(cause))
      }
    },
    destroy: () => pipeline.destroy()
  }
}

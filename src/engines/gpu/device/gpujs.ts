/**
 * The part of gpu.js that we use. Its own types need the DOM's, lack `loopMaxIterations`, and take a source string for a
 * kernel's text only in passing.
 */
export interface KernelSettings {
  readonly output: readonly number[]
  readonly precision: 'single'
  readonly loopMaxIterations: number
  readonly tactic?: 'precision'
}

/** The result of a kernel: flat, or nested rows where the kernel has several axes. */
export type Result = Float32Array | readonly Result[]

/** Stands for a future array while gpu.js traces a pipeline. */
export type Handle = unknown

export interface Pipeline {
  (...args: readonly Float32Array[]): Promise<readonly Result[]>
  /** 'generic' runs kernel by kernel; every other is one fused plan. Decided by the first call. */
  readonly executorKind: string
  /** Why gpu.js runs the pipeline kernel by kernel. */
  readonly fallbackReason: string | null
  readonly destroy: () => Promise<void>
}

export interface Gpu {
  readonly createKernel: (source: string, settings: KernelSettings) => (...args: readonly Handle[]) => Handle
  /** Traces `orchestrate` at the first call; its `length` is the number of arguments. */
  readonly createPipeline: (
    orchestrate: (...handles: readonly Handle[]) => readonly Handle[],
    settings: { readonly threads: boolean }
  ) => Pipeline
  readonly destroy: () => Promise<void>
}

export interface GpuJs {
  readonly GPU: new (settings: { readonly mode: string }) => Gpu
}

/** Loads gpu.js, on demand since it looks for graphics drivers while loading. */
export const loadGpuJs = async (): Promise<GpuJs> => (await import('gpu.js')) as unknown as GpuJs

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

/** Flat, or rows of rows where a kernel has several axes. */
export type Result = Float32Array | readonly Result[]

/** Stands for an array to come while a pipeline is traced. */
export type Handle = unknown

export interface Pipeline {
  (...args: readonly Float32Array[]): Promise<readonly Result[]>
  /** 'generic' runs kernel by kernel; every other is one fused plan. Decided by the first call. */
  readonly executorKind: string
  /** Why a plan was not fused. */
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

/** gpu.js, loaded now: it looks for graphics drivers while loading, and is of no use to whoever runs on another engine. */
export const loadGpuJs = async (): Promise<GpuJs> => (await import('gpu.js')) as unknown as GpuJs

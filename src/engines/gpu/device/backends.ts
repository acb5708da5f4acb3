import type { GpuJs } from './gpujs.ts'
import { loadGpuJs } from './gpujs.ts'
import type { WebGpuAdapter, WebGpuDevice } from './webgpu.ts'

/** The part of WebGL that tells what a context can do. */
export interface WebGl {
  readonly RENDERER: number
  readonly MAX_TEXTURE_IMAGE_UNITS: number
  readonly MAX_TEXTURE_SIZE: number
  readonly getParameter: (name: number) => unknown
  readonly getExtension: (name: string) => unknown
  readonly isContextLost: () => boolean
  /** In the package `gl` alone: asks the driver, whose answers the package otherwise replaces. */
  readonly _getParameterDirect?: (name: number) => unknown
}

/** A class of gpu.js's kernels on WebGL. gpu.js opens one small context to learn what the platform can do. */
export interface WebGlBackend {
  readonly isSupported: boolean
  readonly features: { readonly isFloatRead: boolean; readonly isTextureFloat: boolean } | null
  readonly testContext: WebGl | null
}

/** The context that gpu.js's kernels on WebGPU share. Setting `isLost` makes them fail at once. */
export interface WebGpuContext {
  readonly adapter: WebGpuAdapter
  readonly device: WebGpuDevice
  readonly isLost: boolean
}

/** The classes of gpu.js behind its modes. */
export interface Backends extends GpuJs {
  readonly WebGPUKernel: new (...settings: unknown[]) => { _buildAsync(): Promise<void> }
  readonly WebGPUContext: { acquire: () => Promise<WebGpuContext> }
  readonly WebGL2Kernel: WebGlBackend
  readonly WebGLKernel: WebGlBackend
  readonly HeadlessGLKernel: WebGlBackend
  readonly WebAssemblyKernel: { readonly isSupported: boolean }
}

/** Loads gpu.js with its classes. */
export const loadBackends = async (): Promise<Backends> => (await loadGpuJs()) as Backends

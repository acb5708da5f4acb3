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
  /** In `gl` alone: past its own words, what the driver says. */
  readonly _getParameterDirect?: (name: number) => unknown
}

/** A class of gpu.js's kernels on WebGL. gpu.js opens one small context to learn what it can do. */
export interface WebGlBackend {
  readonly isSupported: boolean
  readonly features: { readonly isFloatRead: boolean; readonly isTextureFloat: boolean } | null
  readonly testContext: WebGl | null
}

/** What gpu.js's kernels on WebGPU hold. `isLost` makes them fail at once. */
export interface WebGpuContext {
  readonly adapter: WebGpuAdapter
  readonly device: WebGpuDevice
  readonly isLost: boolean
}

/** What gpu.js has behind its modes. */
export interface Backends extends GpuJs {
  readonly WebGPUKernel: new (...settings: unknown[]) => { _buildAsync(): Promise<void> }
  readonly WebGPUContext: { acquire: () => Promise<WebGpuContext> }
  readonly WebGL2Kernel: WebGlBackend
  readonly WebGLKernel: WebGlBackend
  readonly HeadlessGLKernel: WebGlBackend
  readonly WebAssemblyKernel: { readonly isSupported: boolean }
}

export const loadBackends = async (): Promise<Backends> => (await loadGpuJs()) as Backends

/**
 * The part of WebGPU that we use, as an ordinary module: TypeScript declares it only together with the whole DOM.
 */
export interface WebGpuLimits {
  readonly maxStorageBuffersPerShaderStage: number
  readonly maxStorageBufferBindingSize: number
  readonly maxBufferSize: number
}

/** Browsers leave empty what would tell users apart. */
export interface WebGpuAdapterInfo {
  readonly vendor?: string
  readonly architecture?: string
  readonly device?: string
  readonly description?: string
  readonly isFallbackAdapter?: boolean
}

export interface WebGpuError {
  readonly message: string
}

export interface WebGpuDevice {
  readonly limits: WebGpuLimits
  /** Settles when the device is gone, and never fails. */
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>
  onuncapturederror: ((event: { readonly error: WebGpuError; readonly preventDefault?: () => void }) => void) | null
  readonly destroy: () => void
}

export interface WebGpuAdapter {
  readonly info?: WebGpuAdapterInfo
  readonly limits: WebGpuLimits
  readonly requestDevice: (wanted: {
    readonly requiredLimits: Readonly<Record<string, number>>
  }) => Promise<WebGpuDevice>
}

export interface WebGpu {
  readonly requestAdapter: () => Promise<WebGpuAdapter | null>
}

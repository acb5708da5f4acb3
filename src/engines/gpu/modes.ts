/** The modes of gpu.js that an engine can run in. */
export const gpuModes = ['webgpu', 'webgl2', 'webgl', 'headlessgl', 'webasm', 'cpu'] as const

export type GpuMode = (typeof gpuModes)[number]

/** Tells whether this is the name of a mode. */
export const isGpuMode = (mode: string): mode is GpuMode => (gpuModes as readonly string[]).includes(mode)

/** Tells whether gpu.js runs a pipeline as one plan in this mode, rather than kernel by kernel. */
export const fuses = (mode: GpuMode): boolean => mode === 'webgpu' || mode === 'webasm'

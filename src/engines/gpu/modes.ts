/** Back ends of gpu.js that an engine can be made of. */
export const gpuModes = ['webgpu', 'webgl2', 'webgl', 'headlessgl', 'webasm', 'cpu'] as const

export type GpuMode = (typeof gpuModes)[number]

export const isGpuMode = (mode: string): mode is GpuMode => (gpuModes as readonly string[]).includes(mode)

/** Whether it runs a pipeline as one plan, which is what makes it worth while. */
export const fuses = (mode: GpuMode): boolean => mode === 'webgpu' || mode === 'webasm'

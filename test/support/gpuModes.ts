import type { GpuMode } from '../../src/engines/gpu/modes.ts'
import { isGpuMode } from '../../src/engines/gpu/modes.ts'

/** Modes of gpu.js that this run tests, by the variable SADDLEPOINT_GPU_MODES. Those by default run wherever Node does. */
export const gpuModes: readonly GpuMode[] = (process.env['SADDLEPOINT_GPU_MODES'] ?? 'webasm,cpu')
  .split(',')
  .map((mode) => {
    if (!isGpuMode(mode)) throw new Error(`SADDLEPOINT_GPU_MODES names '${mode}', which is no mode of gpu.js`)
    return mode
  })

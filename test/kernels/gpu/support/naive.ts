import * as E from '#fp-ts/Either'
import { showFault } from '../../../../src/engines/engine.ts'
import { openDevice } from '../../../../src/engines/gpu/device/openDevice.ts'
import type { Handle, Result } from '../../../../src/engines/gpu/device/gpujs.ts'
import type { GpuMode } from '../../../../src/engines/gpu/modes.ts'

/** A text as one might write it, in a pipeline with gpu.js's own settings: where the hazards are seen. */
export const runText = async (
  mode: GpuMode,
  source: string,
  args: readonly (Float32Array | number)[],
  output: readonly number[]
): Promise<Result> => {
  const [result] = await traceText(mode, source, args, output, (kernel, handles) => [kernel(...handles)])
  return result!
}

type Traced = ((...handles: readonly Handle[]) => Handle) & { setOutput: (output: readonly number[]) => void }

/** The same where a pipeline does something else with the kernel than to call it once. */
export const traceText = async (
  mode: GpuMode,
  source: string,
  args: readonly (Float32Array | number)[],
  output: readonly number[],
  trace: (kernel: Traced, handles: readonly Handle[]) => readonly Handle[]
): Promise<readonly Result[]> => {
  const device = await openDevice(mode)
  if (E.isLeft(device)) throw new Error(showFault(device.left(`gpu:${mode}`)))
  const { gpu, destroy } = device.right
  try {
    const createKernel = gpu.createKernel as (source: string, settings: object) => Traced
    const kernel = createKernel.call(gpu, source, { output, precision: 'single' })
    const orchestrate = (...handles: readonly Handle[]): readonly Handle[] => trace(kernel, handles)
    Object.defineProperty(orchestrate, 'length', { value: args.length })
    const pipeline = gpu.createPipeline(orchestrate, { threads: false })
    try {
      return await pipeline(...(args as readonly Float32Array[]))
    } finally {
      await pipeline.destroy()
    }
  } finally {
    await destroy()
  }
}

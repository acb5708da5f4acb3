import * as E from '#fp-ts/Either'
import type { Engine } from '../engine.ts'
import { executableOf } from './executable.ts'
import type { FaultOf } from './faults.ts'
import { failed, notAvailable } from './faults.ts'
import type { Gpu } from './gpujs.ts'
import { loadGpuJs } from './gpujs.ts'
import type { GpuMode } from './modes.ts'
import { scheduleOf } from './schedule.ts'

const openGpu = async (mode: GpuMode): Promise<E.Either<FaultOf, Gpu>> => {
  try {
    const { GPU } = await loadGpuJs()
    return E.right(new GPU({ mode }))
  } catch (cause) {
    return E.left(notAvailable(cause))
  }
}

/** gpu.js in one of its modes: one kernel a node, the steps of a stage one pipeline, state uploaded and read back each step. */
export const gpuEngine = (mode: GpuMode): Engine => {
  const name = `gpu:${mode}`
  return {
    name,
    compile:
      (program, { carry = 0 } = {}) =>
      async () => {
        const schedule = scheduleOf(program)
        if (E.isLeft(schedule)) return E.left(schedule.left(name))
        const gpu = await openGpu(mode)
        if (E.isLeft(gpu)) return E.left(gpu.left(name))
        return E.tryCatch(
          () => executableOf(name, mode, gpu.right, program, schedule.right, carry),
          (cause) => failed(cause)(name)
        )
      }
  }
}

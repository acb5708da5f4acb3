import * as E from '#fp-ts/Either'
import { printKernel } from '../../../../kernels/gpu/printKernel.ts'
import { execute } from '../../../support/execute.ts'
import { optimize } from '../../../../src/compiler/rewrite/optimize.ts'
import { planMemory } from '../../../../src/compiler/memory/plan.ts'
import type { Kernel, Schedule } from '../../../../src/compiler/schedule.ts'
import { schedule } from '../../../../src/compiler/scheduleProgram.ts'
import type { Program } from '../../../../src/program/program.ts'
import type { Data } from '../../../../src/tensor/dtype.ts'
import type { Job, SiteOptions } from './running.ts'
import { openSite } from './running.ts'

/** A kernel by itself, on the arrays that it finds in the course of its program. */
export interface Step {
  readonly kernel: Kernel
  readonly buffers: Schedule['buffers']
  readonly arrays: readonly Data[]
  readonly expected: Data
}

/** What each kernel of a program reads and writes, in float32. */
export const stepsOf = (program: Program, inputs: readonly Data[], maxOperands = 8): readonly Step[] => {
  const options = { multipleOutputs: false, maxOperands, maxBody: 300 }
  const { buffers, kernels, inputs: given } = schedule(optimize(program), options)
  const memory = new Map<number, Data>(given.map((buffer, i) => [buffer, inputs[i]!]))
  buffers.forEach(({ role }, i) => {
    if (role.kind === 'constant') memory.set(i, role.data)
  })
  return kernels.map((kernel) => {
    const read = [...new Set(kernel.reads.map(({ buffer }) => buffer))]
    const numbers = new Map([...read, ...kernel.writes].map((buffer, i) => [buffer, i]))
    const own: Kernel = {
      ...kernel,
      reads: kernel.reads.map((each) => ({ ...each, buffer: numbers.get(each.buffer)! })),
      writes: kernel.writes.map((buffer) => numbers.get(buffer)!)
    }
    const alone: Schedule = {
      buffers: [...numbers.keys()].map((buffer, i) => ({
        ...buffers[buffer]!,
        role: i < read.length ? { kind: 'input', index: i } : { kind: 'temporary' }
      })),
      kernels: [own],
      levels: [[0]],
      inputs: read.map((_, i) => i),
      outputs: own.writes
    }
    const execution = execute(alone, planMemory(alone))
    const arrays = read.map((buffer) => memory.get(buffer)!)
    execution.write(arrays)
    execution.step()
    const [expected] = execution.outputs()
    memory.set(kernel.writes[0]!, expected!)
    return { kernel: own, buffers: alone.buffers, arrays, expected: expected! }
  })
}

export type Trial = Job & Step

/** Those that print, as jobs. */
export const trialsOf = (steps: readonly Step[], options: SiteOptions = {}): readonly Trial[] =>
  steps.flatMap((step) => {
    const { site, sizes } = openSite(step.buffers, options)
    const launches = printKernel(step.kernel, site)
    return E.isLeft(launches) ? [] : [{ ...step, launches: launches.right, sizes }]
  })

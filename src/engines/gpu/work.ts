import * as E from '#fp-ts/Either'
import { emit } from '../../../kernels/gpu/printKernel.ts'
import type { Launch } from '../../../kernels/gpu/kernel.ts'
import type { Range } from '../../../kernels/gpu/limits/ranges.ts'
import { exactRange, rangeOfResult } from '../../../kernels/gpu/limits/ranges.ts'
import type { Explanation } from '../../compiler/explain.ts'
import { explain } from '../../compiler/explain.ts'
import { planMemory } from '../../compiler/memory/plan.ts'
import type { Kernel, Schedule } from '../../compiler/schedule.ts'
import { schedule } from '../../compiler/scheduleProgram.ts'
import type { Program } from '../../program/program.ts'
import type { Device } from './device/device.ts'
import type { FaultOf } from './faults.ts'
import { notPrinted, tooLarge } from './faults.ts'

/** What a device part comes to: a schedule, and the kernels of gpu.js that do its work. */
export interface PartWork {
  readonly schedule: Schedule
  readonly launches: readonly Launch[]
  readonly figures: Explanation
}

/** What of a device decides how kernels are printed. */
export type Limits = Pick<Device, 'mode' | 'mostArguments' | 'mostElements'>

/** Operations of one kernel: parsers of shaders give up on long ones, and compile them slowly. */
const mostOperations = 1000

/** What the integers that a kernel writes lie between, given those that it reads. */
const writtenRange = (kernel: Kernel, rangeOf: (buffer: number) => Range): Range => {
  if (kernel.kind !== 'loops') return exactRange
  const { domain, outputs, reduction } = kernel.nest
  const { dtype, body } = outputs[0]!
  return rangeOfResult(
    { kind: 'nest', domain, dtype, body, ...(reduction && { reduction }) },
    kernel.reads.map(({ buffer }) => rangeOf(buffer))
  )
}

/** Schedules and prints a device part. */
export const workOf = (
  program: Program,
  { mode, mostArguments, mostElements }: Limits
): E.Either<FaultOf, PartWork> => {
  const made = schedule(program, {
    maxOperands: Math.min(mostArguments, 63) + 1,
    maxBody: mostOperations,
    multipleOutputs: false
  })
  const ranges = new Map<number, Range>()
  const rangeOf = (buffer: number): Range => ranges.get(buffer) ?? exactRange
  /** Of buffers and parts. */
  const sizes = made.buffers.map(({ size }) => size)
  const launches: Launch[] = []
  for (const kernel of made.kernels) {
    const printed = emit(kernel, {
      schedule: made,
      rangeOf,
      quads: mode === 'webasm',
      mostArguments,
      part: (size) => sizes.push(size) - 1
    })
    if (E.isLeft(printed)) {
      const { reason, expected, actual } = printed.left
      const what = `${actual} in ${kernel.primitives.join(', ')}`
      return E.left(reason === 'size' ? tooLarge(expected, what) : notPrinted(expected, what))
    }
    launches.push(...printed.right)
    const [write] = kernel.writes
    if (made.buffers[write!]!.dtype === 'int32') ranges.set(write!, writtenRange(kernel, rangeOf))
  }
  const large = sizes.find((size) => size > mostElements)
  if (large !== undefined)
    return E.left(tooLarge(`arrays of at most ${String(mostElements)} elements`, `one of ${String(large)}`))
  return E.right({ schedule: made, launches, figures: explain(made, planMemory(made)) })
}

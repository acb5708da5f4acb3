import * as E from '#fp-ts/Either'
import type { Explanation } from '../../src/compiler/explain.ts'
import { explain } from '../../src/compiler/explain.ts'
import { planMemory } from '../../src/compiler/memory/plan.ts'
import type { Kernel, Schedule } from '../../src/compiler/schedule.ts'
import { schedule } from '../../src/compiler/scheduleProgram.ts'
import type { Program } from '../../src/program/program.ts'
import type { Launch, PrintSite } from './kernel.ts'
import type { Obstacle } from './limits/obstacle.ts'
import type { Range } from './limits/ranges.ts'
import { exactRange, rangeOfResult } from './limits/ranges.ts'
import { printKernel } from './printKernel.ts'

/** The part of a program that runs on the device: its schedule, and the launches of gpu.js's kernels that carry it out. */
export interface PrintedPart {
  readonly schedule: Schedule
  readonly launches: readonly Launch[]
  readonly figures: Explanation
}

/** What decides how the kernels of a device are printed. */
export interface DeviceLimits extends Pick<PrintSite, 'quads' | 'mostArguments'> {
  /** How many elements one array may have. */
  readonly mostElements: number
}

/** The most operations of one kernel: compilers of shaders are slow on long ones, and at last give up. */
const mostOperations = 1000
/** The most operations one within another: a function like a sine is some ten lines, and gpu.js goes through all lines again for each. */
const mostDepth = 64
/** The most arrays that the scheduler lets a kernel read. */
const mostReads = 63

/** Bounds the integers that a kernel writes, given the bounds of those that it reads. */
const writtenRange = (kernel: Kernel, rangeOf: (buffer: number) => Range): Range => {
  if (kernel.kind !== 'loops') return exactRange
  const { domain, outputs, reduction } = kernel.nest
  const { dtype, body } = outputs[0]!
  return rangeOfResult(
    { kind: 'nest', domain, dtype, body, ...(reduction && { reduction }) },
    kernel.reads.map(({ buffer }) => rangeOf(buffer))
  )
}

const tooLarge = (most: number, actual: number): Obstacle => ({
  reason: 'size',
  expected: `arrays of at most ${String(most)} elements`,
  actual: `one of ${String(actual)}`
})

/** Schedules the part of a program that runs on a device, and prints its kernels. */
export const printPart = (
  program: Program,
  { quads, mostArguments, mostElements }: DeviceLimits
): E.Either<Obstacle, PrintedPart> => {
  const made = schedule(program, {
    maxOperands: Math.min(mostArguments, mostReads) + 1,
    maxBody: mostOperations,
    maxDepth: mostDepth,
    contracts: true,
    multipleOutputs: false
  })
  const ranges = new Map<number, Range>()
  const rangeOf = (buffer: number): Range => ranges.get(buffer) ?? exactRange
  /** Sizes of the buffers, then of the scratch arrays. */
  const sizes = made.buffers.map(({ size }) => size)
  const launches: Launch[] = []
  for (const kernel of made.kernels) {
    const printed = printKernel(kernel, {
      schedule: made,
      rangeOf,
      quads,
      mostArguments,
      scratch: (size) => sizes.push(size) - 1
    })
    if (E.isLeft(printed)) {
      const obstacle = printed.left
      return E.left({ ...obstacle, actual: `${obstacle.actual} in ${kernel.primitives.join(', ')}` })
    }
    launches.push(...printed.right)
    const [write] = kernel.writes
    if (made.buffers[write!]!.dtype === 'int32') ranges.set(write!, writtenRange(kernel, rangeOf))
  }
  const large = sizes.find((size) => size > mostElements)
  if (large !== undefined) return E.left(tooLarge(mostElements, large))
  return E.right({ schedule: made, launches, figures: explain(made, planMemory(made)) })
}

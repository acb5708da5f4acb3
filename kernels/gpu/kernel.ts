import type { Either } from '#fp-ts/Either'
import type { Kernel as Work, Schedule } from '../../src/compiler/schedule.ts'
import type { Obstacle } from './limits/obstacle.ts'
import type { Range } from './limits/ranges.ts'

/** One kernel of gpu.js, which computes one number a thread. */
export interface KernelSource {
  /** Starts with exactly `function`; strings survive minifiers, functions do not. */
  readonly source: string
  /**
   * Threads along x, or along x and y: the result, flat, has x innermost. x is a multiple of 4, or the vector units stay
   * idle; numbers behind the buffer's own only fill that up, and are never read.
   */
  readonly output: readonly [number] | readonly [number, number]
}

/**
 * A kernel at work. Arrays are buffers of the schedule, flat, by number; what several kernels make together goes through
 * parts, whose numbers lie behind those of the schedule.
 */
export interface Launch {
  readonly kernel: KernelSource
  /** One an argument. */
  readonly reads: readonly number[]
  readonly writes: number
}

/** Where the work of a schedule is printed. */
export interface PrintSite {
  readonly schedule: Pick<Schedule, 'buffers'>
  /** What an int32 buffer can hold. */
  readonly rangeOf: (buffer: number) => Range
  /** Whether four neighbours along x are one vector that nothing but single numbers can be read into, as on webasm. */
  readonly quads: boolean
  /** Arrays that a kernel may read: 7 where WebGPU binds 8, one of them the result. */
  readonly mostArguments: number
  /** The number of a new part of that many elements. */
  readonly part: (size: number) => number
}

/** One kind of work as kernels, in the order in which they run; the last one writes the work's result. */
export type Printer<W extends Work> = (work: W, site: PrintSite) => Either<Obstacle, readonly Launch[]>

/** What two kernels share exactly when one compiled kernel serves for both: gpu.js compiles one for each size of result. */
export const kindOf = ({ source, output }: KernelSource): string => `${output.join('x')} ${source}`

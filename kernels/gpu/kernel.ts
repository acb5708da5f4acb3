import type { Either } from '#fp-ts/Either'
import type { Kernel, Schedule } from '../../src/compiler/schedule.ts'
import type { Obstacle } from './limits/obstacle.ts'
import type { Range } from './limits/ranges.ts'

/** The text of one kernel of gpu.js, in which each thread computes one number. */
export interface KernelSource {
  /** JavaScript that begins with exactly `function`. It is a string since minifiers would change a function. */
  readonly source: string
  /**
   * How many threads run along x, or along x and y; x is innermost in the flat result. x is a multiple of 4, without which
   * gpu.js leaves vector units idle. Elements of the result beyond the size of the buffer are padding and never read.
   */
  readonly output: readonly [number] | readonly [number, number]
}

/**
 * One run of a kernel on given arrays. Arrays are flat and named by number: first the buffers of the schedule, then the
 * scratch arrays through which several launches compute one kernel of the schedule.
 */
export interface Launch {
  readonly kernel: KernelSource
  /** The array of each argument. */
  readonly reads: readonly number[]
  readonly writes: number
}

/** What printers need to know of the schedule and the device that they print for. */
export interface PrintSite {
  readonly schedule: Pick<Schedule, 'buffers'>
  /** The least and the greatest value that an int32 buffer can hold. */
  readonly rangeOf: (buffer: number) => Range
  /** Whether gpu.js runs four neighbours along x as one vector whose loads go one number at a time, as on webasm. */
  readonly quads: boolean
  /** How many arrays a kernel may read: 7 where WebGPU binds 8, since one is the result. */
  readonly mostArguments: number
  /** Reserves a scratch array of that many elements and returns its number. */
  readonly scratch: (size: number) => number
}

/** Prints one kernel of a schedule as launches, in the order in which they run; the last one writes its result. */
export type Printer<W extends Kernel> = (kernel: W, site: PrintSite) => Either<Obstacle, readonly Launch[]>

/** Returns equal keys for kernels that one compiled kernel serves: gpu.js compiles a text once for each size of result. */
export const kernelKey = ({ source, output }: KernelSource): string => `${output.join('x')} ${source}`

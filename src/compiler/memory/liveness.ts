import { isIdentity, offsetOf } from '../../nest/affine.ts'
import { expressionsIn } from '../../nest/substitute.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Kernel, Schedule } from '../schedule.ts'

/** Who writes and reads each buffer of a schedule, and when. */
export interface Liveness {
  /** By kernel. */
  readonly levelOf: readonly number[]
  /** By buffer; undefined where no kernel writes it. */
  readonly writer: readonly (number | undefined)[]
  readonly readers: (buffer: number) => readonly number[]
  /** The last level at which a buffer is read, if it is. */
  readonly lastRead: readonly (number | undefined)[]
  /** How many kernels of a level read a buffer. */
  readonly readersAt: (buffer: number, level: number) => number
  /** Whether the kernel reads each element of the buffer only where it computes the outputs at that very place. */
  readonly isReadHere: (kernel: number, buffer: number) => boolean
}

const readsHere = (kernel: Kernel, buffer: number): boolean => {
  if (kernel.kind !== 'loops' || kernel.nest.reduction !== undefined) return false
  const { domain, outputs } = kernel.nest
  return expressionsIn(outputs.map(({ body }) => body)).every((e) => {
    if (e.kind !== 'load' || kernel.reads[e.operand]!.buffer !== buffer) return true
    const { shape } = kernel.reads[e.operand]!
    const offset = offsetOf(e.index, shape)
    return offset !== undefined && sizeOf(shape) === sizeOf(domain) && isIdentity(offset, domain)
  })
}

/** Finds out who writes and reads each buffer of a schedule, and when. */
export const livenessOf = ({ buffers, kernels, levels }: Schedule): Liveness => {
  const levelOf = new Array<number>(kernels.length)
  levels.forEach((level, i) => level.forEach((kernel) => (levelOf[kernel] = i)))
  const writer = new Array<number | undefined>(buffers.length)
  const readers = buffers.map((): number[] => [])
  const lastRead = new Array<number | undefined>(buffers.length)
  kernels.forEach((kernel, k) => {
    for (const buffer of kernel.writes) writer[buffer] = k
    for (const buffer of new Set(kernel.reads.map((read) => read.buffer))) {
      readers[buffer]!.push(k)
      lastRead[buffer] = Math.max(lastRead[buffer] ?? 0, levelOf[k]!)
    }
  })
  return {
    levelOf,
    writer,
    readers: (buffer) => readers[buffer]!,
    lastRead,
    readersAt: (buffer, level) => readers[buffer]!.filter((k) => levelOf[k] === level).length,
    isReadHere: (kernel, buffer) => readsHere(kernels[kernel]!, buffer)
  }
}

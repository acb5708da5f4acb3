import type { Region } from './regions.ts'

/** Bytes of a gate: threads count on one each, and nothing else lies there. */
const line = 64

/**
 * Regions as numbers in memory, and their gates. A gate holds the next task of one thread's run; it is closed while that
 * is the end of the run or more. So a thread that comes late, or looks at a region of the past, finds nothing to do.
 */
export interface Tables {
  readonly words: Int32Array<ArrayBuffer>
  readonly bytes: number
  /** Byte offset of the record of region 0, and bytes from one record to the next. */
  readonly records: number
  readonly recordBytes: number
  /** Byte offset of the gates of region 0, and from those of one region to the next: one for each thread, then the count of tasks done. */
  readonly gates: number
  readonly gateBytes: number
}

/** A record: address of the first task, how many there are, whether parallel, and where the runs begin and end. */
export const record = { tasks: 0, count: 4, parallel: 8, bounds: 12 } as const
export const taskBytes = 8
export const gateLine = line
const closed = 0x40000000

const aligned = (bytes: number): number => Math.ceil(bytes / line) * line

/** The tables of some regions, to lie at `address`. */
export const tablesOf = (regions: readonly Region[], threads: number, address: number): Tables => {
  const recordBytes = Math.ceil((record.bounds + 4 * (threads + 1)) / 16) * 16
  const tasksAt = aligned(regions.length * recordBytes)
  const count = regions.reduce((sum, { tasks }) => sum + tasks.length, 0)
  const gates = tasksAt + aligned(count * taskBytes)
  const gateBytes = (threads + 1) * line
  const bytes = gates + regions.length * gateBytes
  const words = new Int32Array(bytes / 4)
  let task = tasksAt
  regions.forEach(({ tasks, parallel, bounds }, n) => {
    const at = (n * recordBytes) / 4
    words.set([address + task, tasks.length, parallel ? 1 : 0, ...bounds], at)
    for (const { stage, task: number } of tasks) {
      words.set([stage, number], task / 4)
      task += taskBytes
    }
  })
  words.fill(closed, gates / 4)
  return { words, bytes, records: 0, recordBytes, gates, gateBytes }
}

import { i32 } from '../encoder/index.ts'
import type { Code, Local, Operand } from '../encoder/index.ts'
import type { Region } from './regions.ts'

/** Bytes of a cache line. Threads count on one each, lest they wait for one another. */
export const line = 64

/** A region in the order of a step, and the place in the order where it goes on if a loop is over behind it; 0 where none can be. */
export interface Run {
  readonly region: number
  readonly exit: number
}

/**
 * Regions as words in memory: a record for each region, then the tasks of all, then the gates of each region. Addresses
 * are in bytes.
 *
 * A gate is a word that holds the number of the next task of one thread's run. The run is open while that is less than
 * the run's end. Behind the gates of a region, one for each thread, stands its count of finished tasks.
 */
export interface RegionTable {
  readonly address: number
  /** What lies at `address` before the first step: no region is open. */
  readonly words: Int32Array
  readonly threads: number
  readonly recordBytes: number
  /** Address of the gates of region 0. */
  readonly gates: number
  /** Address of the numbers of the regions in the order in which they run; undefined where each runs once. */
  readonly order: number | undefined
  /** Address of the exits of these runs; undefined where no loop stops before its bound. */
  readonly exits: number | undefined
}

/**
 * Byte offsets in the record of a region: the address of its first task, how many there are, whether it is parallel, and
 * `threads + 1` bounds, between which lie the runs of the threads.
 */
export const record = { tasks: 0, count: 4, parallel: 8, bounds: 12 } as const

/** Bytes of a task: the numbers of its stage, and its own in the stage. */
export const taskBytes = 8

/** A number that no run's end exceeds. */
const shut = 0x40000000

const aligned = (bytes: number, to = line): number => Math.ceil(bytes / to) * to

/** Bytes from the gates of one region to those of the next. */
const gateBytes = (threads: number): number => (threads + 1) * line

/** Lays out the table of some regions from `address` on. */
export const regionTable = (
  regions: readonly Region[],
  threads: number,
  address: number,
  order: readonly Run[] = []
): RegionTable => {
  const recordBytes = aligned(record.bounds + 4 * (threads + 1), 16)
  const firstTask = aligned(regions.length * recordBytes)
  const count = regions.reduce((sum, { tasks }) => sum + tasks.length, 0)
  const gates = firstTask + aligned(count * taskBytes)
  const runs = gates + regions.length * gateBytes(threads)
  const stops = order.some(({ exit }) => exit > 0)
  const words = new Int32Array(runs / 4 + order.length * (stops ? 2 : 1))
  let at = firstTask
  regions.forEach(({ tasks, parallel, bounds }, n) => {
    words.set([address + at, tasks.length, parallel ? 1 : 0, ...bounds], (n * recordBytes) / 4)
    for (const { stage, task } of tasks) {
      words.set([stage, task], at / 4)
      at += taskBytes
    }
  })
  words.fill(shut, gates / 4)
  words.set(
    order.map(({ region }) => region),
    runs / 4
  )
  if (stops)
    words.set(
      order.map(({ exit }) => exit),
      runs / 4 + order.length
    )
  return {
    address,
    words,
    threads,
    recordBytes,
    gates: address + gates,
    order: order.length > 0 ? address + runs : undefined,
    exits: stops ? address + runs + 4 * order.length : undefined
  }
}

/** Address of a region's record. */
export const recordOf = ({ address, recordBytes }: RegionTable, region: Local<'i32'>): Code<'i32'> =>
  i32.add(i32.mul(region, recordBytes), address)

/** Address of a region's first gate. */
export const gatesOf = ({ gates, threads }: RegionTable, region: Local<'i32'>): Code<'i32'> =>
  i32.add(i32.mul(region, gateBytes(threads)), gates)

/** Address of a region's count of finished tasks. */
export const finishedOf = ({ threads }: RegionTable, gates: Operand<'i32'>): Code<'i32'> =>
  i32.add(gates, threads * line)

/**
 * A schedule as one WebAssembly module.
 *
 *   kernels   The schedule's units: fused loops, products, convolutions and the like, in levels. Kernels of one level do
 *             not depend on each other.
 *   stages    Each kernel is emitted as one or more stages (kernels/wasm/stages): functions of the module that are run
 *             one after the other, say partial sums and then their total.
 *   tasks     A stage's work is cut into numbered tasks that may run in any order and on any thread. `perform(stage,
 *             task, scratch)` does one (perform.ts). How they are cut depends on sizes alone: results are the same bits on
 *             any number of threads.
 *   phases    The n-th stages of all kernels of a level are phase n of the level: nothing in a phase depends on another
 *             part of it. Two more phases copy the carry from a step's outputs to the next step's inputs (carryPhases.ts).
 *   regions   Phases become regions (regions.ts), before and after each of which all threads meet, and each thread gets a
 *             run of a region's tasks. What is too little to share is left to thread 0.
 *   loops     A loop's body is emitted like a schedule of its own (emitParts.ts). Its regions are run once an iteration: where
 *             there are loops, a list says which region is run when, and where to go on once a loop is over before its bound.
 *   table     Regions, tasks and the gates at which threads take them lie in memory as words (regionTable.ts).
 *   step      The module exports `step(from, to)`, which runs some regions on thread 0 (step.ts), `help(thread)` for other
 *             threads (help.ts), and `perform` for profiles. protocol.ts says how threads share a region.
 *
 * Memory, from address 0: the control words of protocol.ts; the buffers of the memory plan; what kernels reserve for
 * themselves, the same bytes for every level; scratch memory of each thread; the table.
 */
import { createModule, encode, withMemory } from '../encoder/index.ts'
import type { MemoryPlan } from '../../../src/compiler/memory/plan.ts'
import type { Schedule } from '../../../src/compiler/schedule.ts'
import type { EmitKernel } from '../stages/emitKernel.ts'
import type { Stage } from '../stages/stage.ts'
import { fail } from '../../../src/tensor/error.ts'
import { carryPhases } from './carryPhases.ts'
import type { Part } from './emitParts.ts'
import { emitParts } from './emitParts.ts'
import { definePerform } from './perform.ts'
import { control } from './protocol.ts'
import type { Region } from './regions.ts'
import { regionsOf } from './regions.ts'
import type { RegionTable, Run } from './regionTable.ts'
import { regionTable } from './regionTable.ts'
import { defineStep } from './step.ts'

/** Whether a multiplication and an addition may be one instruction, and whether that was asked for in vain. */
export type Arithmetic = 'strict' | 'relaxed' | 'strict, as relaxed SIMD is missing'

/** On which threads the module will run, and how it computes. */
export interface ExecutionMode {
  /** Threads that compute, 1 to `mostThreads`. */
  readonly threads: number
  /** Whether thread 0 is a worker, so that the calling thread stays free. */
  readonly background: boolean
  readonly arithmetic: Arithmetic
}

/** A module's code, where things lie in its memory (byte addresses), and what has to be there before it runs. */
export interface BuiltModule extends ExecutionMode {
  readonly code: Uint8Array
  /** Bytes of memory that it needs. */
  readonly bytes: number
  /** Whether its memory is shared with workers. */
  readonly shared: boolean
  /** Address of each buffer of the schedule. Constants have to be written there. */
  readonly addresses: readonly number[]
  readonly table: RegionTable
  readonly stages: readonly Stage[]
  /** In the order in which they run; those of a loop's body are there once an iteration. */
  readonly regions: readonly Region[]
  /** How many of `regions` compute a step: the first ones. The others copy the carry to where the next step reads it. */
  readonly stepRegions: number
  /** Address of the scratch memory of thread 0. */
  readonly scratch: number
}

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64

/** Bytes behind the last element that vectors may read. */
const slack = 64

const pageBytes = 65536
/** Pages in 4 GiB: a shared memory must declare a maximum. */
const mostPages = 65536

/** Memory that is handed out from `start` on, again from there after each `restart`; `end` is behind all of it. */
interface Reservations {
  readonly reserve: (bytes: number) => number
  readonly restart: () => void
  readonly end: () => number
}

const reservationsFrom = (start: number): Reservations => {
  let next = start
  let end = start
  return {
    reserve: (bytes) => {
      const address = next
      next += aligned(bytes + slack)
      end = Math.max(end, next)
      return address
    },
    restart: () => {
      next = start
    },
    end: () => end
  }
}

/** The most regions that a step runs, those of loops counted at each iteration. */
const mostRuns = 2 ** 20

/**
 * Makes the regions of parts, and lists them by number in the order in which a step runs them, each with the place in the order where
 * the step goes on if a loop is over behind it.
 *
 * @throws NotSupported where loops run too many of them
 */
const orderOf = (
  parts: readonly Part[],
  regions: Region[],
  regionsFor: (phases: readonly (readonly Stage[])[]) => readonly Region[]
): readonly Run[] => {
  const order: Run[] = []
  for (const part of parts) {
    if (part.kind === 'phases') {
      for (const region of regionsFor(part.phases)) order.push({ region: regions.push(region) - 1, exit: 0 })
      continue
    }
    const body = orderOf(part.parts, regions, regionsFor)
    const end = order.length + body.length * part.times
    if (end > mostRuns)
      fail('NotSupported', {
        op: 'scan',
        expected: `loops of at most ${String(mostRuns)} regions of kernels in all, iterations counted`,
        actual: String(end),
        hint: 'The reference engine has no such bound'
      })
    for (let n = 0; n < part.times; n++) {
      const start = order.length
      body.forEach(({ region, exit }, i) => {
        order.push({ region, exit: part.stops && i === 0 ? end : exit > 0 ? start + exit : 0 })
      })
    }
  }
  return order
}

/**
 * Emits all kernels of a schedule, and the step that runs them. `plan` says where the buffers lie; the first `carry` outputs
 * are the next step's first inputs; `emit` is what `loadEmitter` returns for this schedule.
 *
 * @throws NotSupported where a kernel has no code, which the emitter says
 */
export const buildModule = (
  schedule: Schedule,
  plan: MemoryPlan,
  carry: number,
  mode: ExecutionMode,
  emit: EmitKernel
): BuiltModule => {
  const { threads, background, arithmetic } = mode
  const module = createModule({ relaxed: arithmetic === 'relaxed' })
  const addresses = plan.offsets.map((offset) => control.first + offset)
  const readableEnd = control.first + plan.bytes + slack
  const { reserve, restart, end } = reservationsFrom(aligned(readableEnd))

  const emitted = emitParts(schedule, addresses, {
    module,
    emit,
    contracts: arithmetic === 'relaxed',
    readable: readableEnd,
    reserve,
    restart
  })
  restart()
  const copies = carryPhases(schedule, addresses, carry, reserve)
  const stages = [...emitted.stages, ...copies.flat()]
  const numbers = new Map(stages.map((stage, n) => [stage, n]))
  const regionsFor = (phases: readonly (readonly Stage[])[]): readonly Region[] =>
    regionsOf(
      stages,
      phases.map((phase) => phase.map((stage) => numbers.get(stage)!)),
      threads
    )
  const made: Region[] = []
  const step = orderOf(emitted.parts, made, regionsFor)
  const order = [...step, ...orderOf([{ kind: 'phases', phases: copies }], made, regionsFor)]
  const loops = emitted.parts.some(({ kind }) => kind === 'loop')

  const scratch = aligned(end())
  const scratchBytes = aligned(emitted.scratchBytes + slack)
  const table = regionTable(made, threads, scratch + scratchBytes * threads, loops ? order : [])
  const bytes = table.address + table.words.byteLength
  const shared = threads > 1 || background
  withMemory(module, {
    from: ['env', 'memory'],
    initial: Math.ceil(bytes / pageBytes),
    ...(shared && { maximum: mostPages, shared })
  })
  defineStep(module, definePerform(module, stages), { table, scratch, scratchBytes })
  const code = encode(module)
  const regions = order.map(({ region }) => made[region]!)
  return { ...mode, code, bytes, shared, addresses, table, stages, regions, stepRegions: step.length, scratch }
}

import { createModule, encode, withMemory } from '../encoder/index.ts'
import type { MemoryPlan } from '../../../src/compiler/memory/plan.ts'
import type { Schedule } from '../../../src/compiler/schedule.ts'
import { carryPhases } from './carry.ts'
import type { Carry } from './carry.ts'
import { control } from './control.ts'
import { definePerform } from './dispatch.ts'
import type { Emit } from '../stages/emit.ts'
import type { Region } from './regions.ts'
import { regionsOf } from './regions.ts'
import type { Stage } from '../stages/stage.ts'
import { defineStep } from './step.ts'
import { tablesOf } from './tables.ts'

/** Whether multiplications and additions are joined, and whether that was asked for in vain. */
export type Arithmetic = 'strict' | 'relaxed' | 'strict, as relaxed SIMD is missing'

/** Who computes, and how. */
export interface ExecutionMode {
  readonly threads: number
  /** Whether one of the workers is the first thread. */
  readonly background: boolean
  readonly arithmetic: Arithmetic
}

/** A module, and what has to be in its memory before it runs. */
export interface Build extends ExecutionMode {
  readonly code: Uint8Array<ArrayBuffer>
  readonly bytes: number
  /** Whether workers reach the memory. */
  readonly shared: boolean
  readonly addresses: readonly number[]
  /** Constants and tables. */
  readonly initial: readonly { readonly address: number; readonly words: Int32Array<ArrayBuffer> }[]
  readonly stages: readonly Stage[]
  readonly regions: readonly Region[]
  /** Regions of a step; those behind it bring the carry to where the next step reads it. */
  readonly stepRegions: number
  /** Scratch memory of the first thread. */
  readonly scratch: number
  /** Where the gates of the first region lie. */
  readonly gates: number
}

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64

/** Bytes that vectors may read behind the last element. */
const slack = 64

/** Emits all kernels of a schedule, and the step that runs them. */
export const build = (
  schedule: Schedule,
  plan: MemoryPlan,
  carry: Carry,
  { threads, background, arithmetic }: ExecutionMode,
  emit: Emit
): Build => {
  const shared = threads > 1 || background
  const module = createModule({ relaxed: arithmetic === 'relaxed' })
  const addresses = plan.offsets.map((offset) => control.first + offset)
  const readable = control.first + plan.bytes + slack
  const reserved = { start: aligned(readable), end: aligned(readable) }
  let reservedNow = reserved.start
  const reserve = (bytes: number): number => {
    const start = reservedNow
    reservedNow += aligned(bytes + slack)
    reserved.end = Math.max(reserved.end, reservedNow)
    return start
  }
  const stages: Stage[] = []
  const phases: number[][] = []
  let scratchBytes = 0
  const add = (emissions: readonly (readonly Stage[])[]): void => {
    const first = phases.length
    for (const emission of emissions)
      emission.forEach((stage, n) => (phases[first + n] ??= []).push(stages.push(stage) - 1))
  }
  for (const level of schedule.levels) {
    reservedNow = reserved.start
    const emissions = level.map((kernel) => {
      const site = { module, schedule, kernel, addresses, readable, reserve }
      const emission = emit(site, schedule.kernels[kernel]!)
      scratchBytes = Math.max(scratchBytes, emission.scratchBytes)
      return emission.stages
    })
    add(emissions)
  }
  const own = phases.length
  reservedNow = reserved.start
  for (const phase of carryPhases(schedule, addresses, carry, reserve)) add(phase.map((stage) => [stage]))
  const step = regionsOf(stages, phases.slice(0, own), threads)
  const regions = [...step, ...regionsOf(stages, phases.slice(own), threads)]

  const scratch = aligned(reserved.end)
  const perThread = aligned(scratchBytes + slack)
  const tablesAt = scratch + perThread * threads
  const tables = tablesOf(regions, threads, tablesAt)
  const bytes = tablesAt + tables.bytes
  const pages = Math.ceil(bytes / 65536)
  withMemory(module, {
    from: ['env', 'memory'],
    initial: pages,
    ...(shared && { maximum: 65536, shared })
  })
  const places = {
    tables: { ...tables, records: tablesAt + tables.records, gates: tablesAt + tables.gates },
    scratch,
    scratchBytes: perThread,
    threads
  }
  defineStep(module, definePerform(module, stages), places)
  return {
    code: encode(module),
    bytes,
    threads,
    background,
    arithmetic,
    shared,
    addresses,
    initial: [{ address: tablesAt, words: tables.words }],
    stages,
    regions,
    stepRegions: step.length,
    scratch,
    gates: places.tables.gates
  }
}

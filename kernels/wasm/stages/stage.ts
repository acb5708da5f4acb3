import type { Body, Local, Module } from '../encoder/index.ts'
import type { Schedule } from '../../../src/compiler/schedule.ts'

/**
 * Part of a kernel whose tasks may run in any order, on any thread, and give the same bits. How work is cut into tasks
 * follows from its size alone, never from the number of threads.
 */
export interface Stage {
  /** The kernel of the schedule that it belongs to; undefined for what the engine does itself. */
  readonly kernel: number | undefined
  readonly name: string
  readonly tasks: number
  /** Nanoseconds a task, roughly. */
  readonly cost: number
  /** Code that does one task. `scratch` is the thread's own memory. */
  readonly run: (task: Local<'i32'>, scratch: Local<'i32'>) => Body
}

/** Stages one after the other, and what they need of a thread's scratch memory. */
export interface Emission {
  readonly stages: readonly Stage[]
  readonly scratchBytes: number
}

/** Where a kernel is emitted to. */
export interface Site {
  readonly module: Module
  readonly schedule: Schedule
  readonly kernel: number
  /** Byte address of every buffer. */
  readonly addresses: readonly number[]
  /** Bytes of memory that exist for certain. */
  readonly readable: number
  /** Memory that is the kernel's alone while its level runs, aligned to 64 bytes. */
  readonly reserve: (bytes: number) => number
}

/** Nanoseconds that are worth a task of their own. */
const worthwhile = 5000

/** How many units of that cost make a task. */
export const unitsPerTask = (units: number, cost: number): number =>
  Math.max(1, Math.min(units, Math.ceil(worthwhile / Math.max(cost, 0.1))))

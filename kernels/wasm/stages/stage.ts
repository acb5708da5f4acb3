import type { Body, Local, Module } from '../encoder/index.ts'
import type { Schedule } from '../../../src/compiler/schedule.ts'

/**
 * A part of a kernel that is cut into tasks, which may run in any order and on any thread and give the same bits. How it is
 * cut follows from its size alone, never from the number of threads.
 */
export interface Stage {
  /** Number of its kernel in the schedule; undefined for copies of the carry. */
  readonly kernel: number | undefined
  readonly name: string
  /** How many tasks there are. */
  readonly tasks: number
  /** Estimated nanoseconds of a task. */
  readonly cost: number
  /** Makes code that does one task. `scratch` is the address of memory of the running thread's own. */
  readonly run: (task: Local<'i32'>, scratch: Local<'i32'>) => Body
}

/** The stages of a kernel, of which each begins when the one before is done, and the scratch memory that a thread needs. */
export interface Emission {
  readonly stages: readonly Stage[]
  readonly scratchBytes: number
}

/** What the emitter of a kernel has to know of the module around it. */
export interface Site {
  readonly module: Module
  readonly schedule: Schedule
  /** Number of the kernel in the schedule. */
  readonly kernel: number
  /** Byte addresses of the schedule's buffers. */
  readonly addresses: readonly number[]
  /** The first byte that is not certain to exist: vectors may be read up to there. */
  readonly readable: number
  /** Returns the address of so many bytes, on a cache line, that are the kernel's alone while its level runs. */
  readonly reserve: (bytes: number) => number
}

/** Nanoseconds of work that are worth a task. */
const worthwhile = 5000

/** Returns how many units of work make a task. `cost`: nanoseconds of a unit. */
export const unitsPerTask = (units: number, cost: number): number =>
  Math.max(1, Math.min(units, Math.ceil(worthwhile / Math.max(cost, 0.1))))

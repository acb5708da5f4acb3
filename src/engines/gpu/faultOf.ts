import type { EngineFault } from '../engine.ts'

/** A fault that still lacks the name of the engine it happened on. */
export type FaultOf = (engine: string) => EngineFault

export const fault =
  (_tag: EngineFault['_tag'], expected: string, actual: string, hint: string): FaultOf =>
  (engine) => ({ _tag, engine, expected, actual, hint })

export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/**
 * The engine that SADDLEPOINT_ENGINE names, and how far from double precision its results may lie: said here and nowhere
 * else.
 */
import * as E from '#fp-ts/Either'
import type { Engine } from '../../src/engines/engine.ts'
import { showFault } from '../../src/engines/engine.ts'
import { gpu } from '../../src/engines/lazyGpu.ts'
import type { EngineName } from '../../src/engines/select.ts'
import { selectEngine } from '../../src/engines/select.ts'
import { wasm } from '../../src/engines/wasm/engine.ts'

/** Largest errors, relative to the largest value of a result. */
export interface Tolerance {
  /** Of reference cases and of single primitives with their derivatives. */
  readonly cases: number
  /** Of random programs, to second order: rounding of operands alone takes a few of them beyond 1e-5. */
  readonly programs: number
}

const single: Tolerance = { cases: 1e-4, programs: 1e-4 }
/** gpu.js without a GPU computes as precisely as it stores. */
const emulated: Tolerance = { cases: 1e-5, programs: 1e-4 }

const tolerances: Readonly<Record<string, Tolerance>> = {
  'reference:float64': { cases: 1e-9, programs: 1e-9 },
  'gpu:webasm': emulated,
  'gpu:cpu': emulated
}

export const toleranceOf = (engine: string): Tolerance => tolerances[engine] ?? single

/** Undefined where the variable is not set. */
export const namedEngine = process.env['SADDLEPOINT_ENGINE']

const orThrow = (selected: E.Either<Parameters<typeof showFault>[0], Engine>): Engine => {
  if (E.isLeft(selected)) throw new Error(showFault(selected.left))
  return selected.right
}

/** The engine in all the ways that have to give the same bits: with one thread and with two, where it has threads. */
export const waysOf = async (engine: string): Promise<readonly Engine[]> => {
  if (engine === 'wasm') return [wasm({ threads: 1 }), wasm({ threads: 2 })]
  if (engine === 'gpu:webasm') return [false, true].map((threads) => gpu({ mode: 'webasm', threads }))
  return [orThrow(await selectEngine(engine as EngineName)())]
}

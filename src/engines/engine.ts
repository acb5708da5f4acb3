import type { TaskEither } from '#fp-ts/TaskEither'
import type { Program } from '../program/program.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import type { Data } from '../tensor/dtype.ts'
import type { FaultTag, SaddlepointError } from '../tensor/error.ts'
import { errorOf, fail } from '../tensor/error.ts'
import { showValue } from '../tensor/problem.ts'
import { isRecord } from '../tensor/tree.ts'

/** What went wrong at run time, as data: the engine works again afterwards unless `_tag` is NotAvailable. */
export interface EngineFault {
  readonly _tag: FaultTag
  readonly engine: string
  readonly expected: string
  readonly actual: string
  readonly hint: string
  /** Holds what the engine threw. */
  readonly cause?: unknown
}

/** Shows a fault on one line. */
export function showFault(fault: EngineFault): string
export function showFault(fault: EngineFault, ...more: None): string {
  refuseMore('Engine.showFault', more)
  if (!isRecord(fault))
    return fail('InvalidArgument', { op: 'Engine.showFault', expected: 'a fault', actual: showValue(fault) })
  const { _tag, engine, expected, actual, hint } = fault
  return `${engine}: ${_tag}: expected ${expected}; got ${actual}. ${hint}`
}

/** Makes the tagged error of a fault, for functions whose promises reject. */
export const errorOfFault = (
  op: string,
  { _tag, engine, expected, actual, hint, cause }: EngineFault
): SaddlepointError =>
  Object.assign(
    errorOf(_tag, { op, expected, actual: `${actual} on the engine ${engine}`, hint }),
    cause === undefined ? {} : { cause }
  )

/**
 * Steps of a program whose first outputs, the carry, are its first inputs at the next step. An engine may take several of
 * them together: it asks for what is fed to all, and then tells of each.
 */
export interface Iteration {
  readonly steps: number
  /** The inputs behind the carry, for step i of this call. */
  readonly feed: (step: number) => readonly Data[]
  /** The outputs behind the carry, after each step. */
  readonly onStep?: (step: number, outputs: readonly Data[]) => void
}

/** A carry that stays in the engine between calls. */
export interface Resident {
  /** Where a step fails or a callback throws, the carry is what one of the steps, or none, left. */
  readonly advance: (iteration: Iteration) => TaskEither<EngineFault, void>
  /** A copy of the carry as it is. */
  readonly snapshot: () => TaskEither<EngineFault, readonly Data[]>
  readonly dispose: () => void
}

/** One compiled program. Its memory lives until `dispose`; results are arrays of their own. */
export interface Executable {
  readonly engine: string
  /** Where each primitive of the program runs. */
  readonly where: Readonly<Record<string, 'engine' | 'host'>>
  /** Reads the inputs while it runs: they are not to be written before it has resolved. */
  readonly run: (inputs: readonly Data[]) => TaskEither<EngineFault, readonly Data[]>
  readonly resident: (carry: readonly Data[]) => TaskEither<EngineFault, Resident>
  /** `resident`, `advance` and `snapshot` in one: the carry after the steps. */
  readonly iterate: (job: Iteration & { readonly carry: readonly Data[] }) => TaskEither<EngineFault, readonly Data[]>
  /** Kernels, flops, bytes and memory, as far as the engine knows them. */
  readonly explain: () => string
  readonly dispose: () => void
}

export interface CompileOptions {
  /** How many of the first inputs and outputs are the carry (default 0). */
  readonly carry?: number
}

/** Compiles programs for one kind of device. A new engine is named in select.ts. */
export interface Engine {
  readonly name: string
  readonly compile: (program: Program, options?: CompileOptions) => TaskEither<EngineFault, Executable>
}

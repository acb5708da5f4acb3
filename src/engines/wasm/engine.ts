import * as E from '#fp-ts/Either'
import { probes } from '../../../kernels/wasm/encoder/index.ts'
import { optimize } from '../../compiler/rewrite/optimize.ts'
import { planMemory } from '../../compiler/memory/plan.ts'
import { schedule } from '../../compiler/scheduleProgram.ts'
import type { Program } from '../../program/program.ts'
import type { None } from '../../tensor/arguments.ts'
import type { Rules } from '../../tensor/options.ts'
import { count, flag, optional, readOptions } from '../../tensor/options.ts'
import { isSaddlepointError } from '../../tensor/error.ts'
import type { CompileOptions, Engine, EngineFault } from '../engine.ts'
import type { Checked } from '../faulty.ts'
import { checked } from '../faulty.ts'
import { WebAssembly } from '../webassembly.ts'
import type { Arithmetic } from '../../../kernels/wasm/module/buildModule.ts'
import type { BuiltModule } from '../../../kernels/wasm/module/buildModule.ts'
import { buildModule } from '../../../kernels/wasm/module/buildModule.ts'
import { mostThreads } from '../../../kernels/wasm/module/protocol.ts'
import type { WasmExecutable } from './executable.ts'
import { createExecutable } from './executable.ts'
import { engineName, notAvailable, notSupported, tooLarge } from './faults.ts'
import { instantiate } from './instance.ts'
import { loadEmitter } from '../../../kernels/wasm/stages/emitKernel.ts'
import { mostBytes } from './memoryPool.ts'
import { runtime } from './runtime.ts'
import type { Threading } from './threading.ts'
import { callingThread, worthWorkers } from './threading.ts'

/** States how the engine computes: on which threads, and with which rounding. */
export interface WasmOptions {
  /**
   * Threads that compute, thread 0 among them: a whole number of at least 1, of which 64 are used (default: one for each
   * processor, at most 8; in a page, the page's own thread alone where steps are so short that messages to workers would
   * take longer). Results do not depend on it.
   */
  readonly threads?: number
  /**
   * Whether all of them are workers, thread 0 too, so that the calling thread stays free (default: in browsers, whose pages
   * must not wait, but for short steps; there it cannot be turned off). Where memory cannot be shared or workers are forbidden, the calling
   * thread computes alone.
   */
  readonly background?: boolean
  /**
   * Whether a multiplication and an addition may be one instruction that rounds once (default: no). It is faster, but
   * results then differ between machines, by rounding. Without relaxed SIMD (in Node 20 behind a flag) they stay two.
   */
  readonly relaxed?: boolean
}

export interface WasmEngine extends Engine {
  /**
   * Compiles a program. Faults: NotAvailable without WebAssembly and SIMD, NotSupported where a kernel has no code, TooLarge
   * where it needs 4096 MiB or more, OutOfMemory where the memory cannot be had.
   */
  readonly compile: (program: Program, options?: CompileOptions) => () => Promise<E.Either<EngineFault, WasmExecutable>>
}

const probe = async (): Promise<boolean> => {
  try {
    await WebAssembly.compile(probes.simd())
    return true
  } catch {
    return false
  }
}
let available: Promise<boolean> | undefined

/** Tests whether WebAssembly with SIMD is there and may be compiled, which a page's policy can forbid. Asked once a process. */
export const isWasmAvailable = (): Promise<boolean> => (available ??= probe())

/** The most threads where no number is given: more of them would wait for memory. */
const mostByDefault = 8

/** Tells whether workers can be started. The code for them is loaded where memory can be shared alone. */
const canStartWorkers = async (): Promise<boolean> => (await import('./workers.ts')).canStartWorkers()

const threadingOf = async ({ threads, background = false }: WasmOptions): Promise<Threading> => {
  const isBackground = background || runtime.kind === 'web'
  const canShare =
    typeof SharedArrayBuffer !== 'undefined' && runtime.canShare && WebAssembly.validate(probes.threads())
  if (!canShare || (isBackground && !(await canStartWorkers()))) return callingThread
  const wanted = threads ?? Math.min(mostByDefault, runtime.processors)
  return { threads: Math.max(1, Math.min(mostThreads, Math.floor(wanted))), background: isBackground }
}

const arithmeticOf = ({ relaxed = false }: WasmOptions): Arithmetic => {
  if (!relaxed) return 'strict'
  return WebAssembly.validate(probes.relaxedSimd()) ? 'relaxed' : 'strict, as relaxed SIMD is missing'
}

const compileProgram = async (
  program: Program,
  carry: number,
  options: WasmOptions
): Promise<E.Either<EngineFault, WasmExecutable>> => {
  const arithmetic = arithmeticOf(options)
  const scheduled = schedule(optimize(program), { carry, contracts: arithmetic === 'relaxed' })
  const plan = planMemory(scheduled, { carry })
  if (plan.bytes > mostBytes) return E.left(tooLarge(plan.bytes))
  const [threading, emit] = [await threadingOf(options), await loadEmitter(scheduled)]
  const build = (mode: Threading): BuiltModule => buildModule(scheduled, plan, carry, { ...mode, arithmetic }, emit)
  const whole = build(threading)
  const isChosen = options.threads !== undefined || options.background !== undefined
  const built = isChosen || !threading.background || worthWorkers(whole) ? whole : build(callingThread)
  if (built.bytes > mostBytes) return E.left(tooLarge(built.bytes))
  const module = await WebAssembly.compile(built.code)
  const instance = await instantiate(scheduled, built, module)
  if (E.isLeft(instance)) return instance
  return E.right(createExecutable(instance.right, { program, schedule: scheduled, plan, built, module, carry }))
}

/** Makes the engine that emits one WebAssembly module for each program it compiles: SIMD, one memory, threads that share it. */
export function wasm(options?: WasmOptions): WasmEngine & Checked
export function wasm(given: WasmOptions = {}, ...more: None): WasmEngine & Checked {
  const { all: options, problems } = readOptions<WasmOptions>({}, given, rules, {}, more)
  const engine: WasmEngine = {
    name: engineName,
    compile:
      (program, { carry = 0 } = {}) =>
      async () => {
        if (!(await isWasmAvailable())) return E.left(notAvailable('none, or a policy that forbids to compile it'))
        try {
          return await compileProgram(program, carry, options)
        } catch (cause) {
          if (isSaddlepointError(cause) && cause._tag === 'NotSupported')
            return E.left(notSupported(cause.expected, cause.actual))
          // eslint-disable-next-line no-restricted-syntax -- whatever else it is, is a defect and no fault of the engine
          throw cause
        }
      }
  }
  return checked(engine, problems)
}

const rules: Rules = { threads: optional(count), background: optional(flag), relaxed: optional(flag) }

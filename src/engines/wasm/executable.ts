import * as E from '#fp-ts/Either'
import type { MemoryPlan } from '../../compiler/memory/plan.ts'
import type { Schedule } from '../../compiler/schedule.ts'
import type { Program } from '../../program/program.ts'
import { nodesOf } from '../../program/program.ts'
import type { Data } from '../../tensor/dtype.ts'
import type { EngineFault, Executable } from '../engine.ts'
import { iterateFrom } from '../iterate.ts'
import { serialQueue } from '../queue.ts'
import type { WebAssemblyModule } from '../webassembly.ts'
import type { BuiltModule } from '../../../kernels/wasm/module/buildModule.ts'
import { showModule } from './explain.ts'
import { disposed, engineName, lost } from './faults.ts'
import type { Instance } from './instance.ts'
import { instantiate } from './instance.ts'
import type { StageTime } from './profile.ts'
import { stepsOf } from './steps.ts'
import { transferOf } from './transfer.ts'

/** An executable that tells more than the interface of engines asks for. */
export interface WasmExecutable extends Executable {
  readonly threads: number
  /** Whether a multiplication and an addition are one instruction: `relaxed` was asked for, and is there. */
  readonly relaxed: boolean
  /** Times every stage on one thread, with whatever numbers lie in memory: the least of some rounds (default 30). */
  readonly profile: (rounds?: number) => Promise<E.Either<EngineFault, readonly StageTime[]>>
  /** Counts the tasks that threads other than thread 0 have done. */
  readonly helped: () => number
}

/** All that is known of a program when it has been compiled. */
interface Parts {
  readonly program: Program
  readonly schedule: Schedule
  readonly plan: MemoryPlan
  readonly built: BuiltModule
  readonly module: WebAssemblyModule
  /** How many of the first inputs and outputs are the carry. */
  readonly carry: number
}

/** A resident's carry: copies of it; or the word that it lies in the executable's memory; or that it is gone for good. */
interface ResidentCarry {
  place: readonly Data[] | 'memory' | 'gone'
}

/** What an executable is between two calls. */
type State =
  /** `holder` is the resident whose carry lies in the memory of the instance. */
  | { readonly is: 'ready'; readonly instance: Instance; readonly holder: ResidentCarry | undefined }
  /** A worker died, and nobody knows what it wrote last: the next call makes an instance of its own. */
  | { readonly is: 'broken' }
  | { readonly is: 'disposed' }

type Outcome<A> = Promise<E.Either<EngineFault, A>>

const copies = (arrays: readonly Data[]): readonly Data[] => arrays.map((data) => data.slice())

/** Makes the executable of a program, whose first calls run on `first`. */
export const createExecutable = (first: Instance, parts: Parts): WasmExecutable => {
  const { program, schedule, plan, built, module, carry } = parts
  const transfer = transferOf(schedule)
  const { misfit, write, read, readInputs } = transfer
  const queue = serialQueue()
  let state: State = { is: 'ready', instance: first, holder: undefined }
  // A function, since TypeScript believes that a variable is after an await what it was before.
  const now = (): State => state
  const { step, advance } = stepsOf(built, transfer, carry, () => now().is !== 'disposed')

  /** Runs a job when all earlier ones are done: the memory is its own until it ends. */
  const exclusively = <A>(job: (instance: Instance) => Outcome<A>): Outcome<A> =>
    queue(async () => {
      if (state.is === 'broken') {
        const made = await instantiate(schedule, built, module)
        if (E.isLeft(made)) return made
        if (now().is === 'disposed') made.right.release()
        else state = { is: 'ready', instance: made.right, holder: undefined }
      }
      if (state.is !== 'ready') return E.left(disposed)
      const result = await job(state.instance)
      const after = now()
      if (E.isLeft(result) && result.left._tag === 'WorkerDied' && after.is === 'ready') {
        if (after.holder !== undefined) after.holder.place = 'gone'
        state = { is: 'broken' }
      }
      return result
    })

  /** Has memory hold the carry of `next`, or nobody's, and copies the carry that it held. */
  const hold = (instance: Instance, next: ResidentCarry | undefined): void => {
    if (state.is !== 'ready' || state.holder === next) return
    if (state.holder !== undefined) state.holder.place = readInputs(instance, carry)
    if (next !== undefined) {
      write(instance, next.place as readonly Data[], 0)
      next.place = 'memory'
    }
    state = { is: 'ready', instance, holder: next }
  }

  const resident: Executable['resident'] = (initial) => async () => {
    const wrong = misfit(initial, 0, carry)
    if (wrong !== undefined) return E.left(wrong)
    if (state.is === 'disposed') return E.left(disposed)
    const own: ResidentCarry = { place: copies(initial) }
    const unlessGone = <A>(job: (instance: Instance) => Outcome<A>): Outcome<A> =>
      exclusively(async (instance) => (own.place === 'gone' ? E.left(lost) : job(instance)))
    return E.right({
      advance: (iteration) => () =>
        unlessGone(async (instance) => {
          hold(instance, own)
          return advance(instance, iteration)
        }),
      snapshot: () => () =>
        unlessGone(async (instance) =>
          E.right(typeof own.place === 'string' ? readInputs(instance, carry) : copies(own.place))
        ),
      dispose: () => {
        own.place = 'gone'
        if (state.is === 'ready' && state.holder === own) state = { ...state, holder: undefined }
      }
    })
  }

  return {
    engine: engineName,
    threads: built.threads,
    relaxed: built.arithmetic === 'relaxed',
    where: Object.fromEntries(nodesOf(program.outputs).map(({ primitive }) => [primitive.name, 'engine' as const])),
    run: (data) => () =>
      exclusively(async (instance) => {
        const wrong = misfit(data, 0)
        if (wrong !== undefined) return E.left(wrong)
        hold(instance, undefined)
        write(instance, data, 0)
        const fault = await step(instance)
        return fault === undefined ? E.right(read(instance, 0)) : E.left(fault)
      }),
    resident,
    iterate: iterateFrom(resident),
    explain: () => showModule(schedule, plan, built),
    profile: (rounds) =>
      exclusively(async (instance) => {
        hold(instance, undefined)
        const { profile } = await import('./profile.ts')
        return E.right(profile(schedule, plan, built, instance, rounds))
      }),
    helped: () => (state.is === 'ready' ? state.instance.helped() : 0),
    dispose: () => {
      const last = state
      state = { is: 'disposed' }
      if (last.is === 'ready') void queue(async () => last.instance.release())
    }
  }
}

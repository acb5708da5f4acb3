import * as E from '#fp-ts/Either'
import type { MemoryPlan } from '../../compiler/memory/plan.ts'
import type { Schedule } from '../../compiler/schedule.ts'
import type { Program } from '../../program/program.ts'
import { nodesOf } from '../../program/program.ts'
import type { Data } from '../../tensor/dtype.ts'
import type { EngineFault, Executable, Iteration } from '../engine.ts'
import { iterateFrom } from '../iterate.ts'
import { serialQueue } from '../queue.ts'
import type { WebAssemblyModule } from '../webassembly.ts'
import type { BuiltModule } from '../../../kernels/wasm/module/buildModule.ts'
import { explain } from './explain.ts'
import { disposed, engineName, lost } from './faults.ts'
import type { Instance } from './instance.ts'
import { instantiate } from './instance.ts'
import type { KernelTime } from './profile.ts'
import { profile } from './profile.ts'
import { runtime } from './runtime.ts'
import { slicesOf } from '../../../kernels/wasm/module/slices.ts'
import { transferOf } from './transfer.ts'

/** What the engine can say beyond the interface. */
export interface WasmExecutable extends Executable {
  readonly threads: number
  /** Whether multiplications and additions are joined: `relaxed` was asked for, and is there. */
  readonly relaxed: boolean
  /** Time of every kernel on one thread, with whatever numbers are there: the least of some rounds. */
  readonly profile: (rounds?: number) => Promise<E.Either<EngineFault, readonly KernelTime[]>>
  /** Tasks that threads but the first have done. */
  readonly helped: () => number
}

interface Parts {
  readonly program: Program
  readonly schedule: Schedule
  readonly plan: MemoryPlan
  readonly build: BuiltModule
  readonly module: WebAssemblyModule
  readonly carry: number
}

/** Milliseconds after which the event loop has its turn. */
const turn = 40

/** A carry and whether the memory holds it now; where it does not, it is in `saved`. */
interface Held {
  saved: readonly Data[] | undefined
}

export const createExecutable = (first: Instance, parts: Parts): WasmExecutable => {
  const { program, schedule, build, module, carry } = parts
  const { misfit, write, read, readInputs } = transferOf(schedule)
  const queue = serialQueue()
  const slices = slicesOf(build.regions.slice(0, build.stepRegions))
  let instance: Instance | undefined = first
  let inUse = true
  let owner: Held | undefined
  let lastTurn = 0

  /** One call at a time: what the memory holds belongs to whoever runs. */
  const exclusively = <A>(
    job: (own: Instance) => Promise<E.Either<EngineFault, A>>
  ): Promise<E.Either<EngineFault, A>> =>
    queue(async () => {
      if (!inUse) return E.left(disposed)
      if (instance === undefined) {
        const made = await instantiate(schedule, build, module)
        if (E.isLeft(made)) return made
        instance = made.right
      }
      const result = await job(instance)
      if (E.isLeft(result) && result.left._tag === 'WorkerDied') {
        // Nobody knows what the helpers wrote last: the next call has a memory of its own.
        instance = undefined
        owner = undefined
      }
      return result
    })

  /** All regions of a step; the event loop has its turn now and then. */
  const step = async (own: Instance): Promise<EngineFault | undefined> => {
    for (const [from, to] of slices) {
      const fault = await own.step(from, to)
      if (fault !== undefined) return fault
      if (performance.now() - lastTurn > turn) {
        await runtime.nextTurn()
        lastTurn = performance.now()
        if (!inUse) return disposed
      }
    }
    return undefined
  }
  const carryOn = (own: Instance): ReturnType<Instance['step']> =>
    build.stepRegions === build.regions.length ? undefined : own.step(build.stepRegions, build.regions.length)

  /** Makes the memory hold this carry, and saves the one that it held. */
  const hold = (own: Instance, held: Held | undefined): void => {
    if (owner === held) return
    if (owner !== undefined) owner.saved = readInputs(own, carry)
    if (held?.saved !== undefined) write(own, held.saved, 0)
    if (held !== undefined) held.saved = undefined
    owner = held
  }

  const advance = async (own: Instance, { steps, feed, onStep }: Iteration): Promise<E.Either<EngineFault, void>> => {
    for (let n = 0; n < steps; n++) {
      const fed = feed(n)
      const wrong = misfit(fed, carry)
      if (wrong !== undefined) return E.left(wrong)
      write(own, fed, carry)
      const fault = await step(own)
      if (fault !== undefined) return E.left(fault)
      const results = onStep && read(own, carry)
      const late = await carryOn(own)
      if (late !== undefined) return E.left(late)
      if (results !== undefined) onStep!(n, results)
    }
    return E.right(undefined)
  }

  const resident: Executable['resident'] = (initial) => async () => {
    const wrong = misfit(initial, 0, carry)
    if (wrong !== undefined) return E.left(wrong)
    if (!inUse) return E.left(disposed)
    const held: Held = { saved: initial.map((data) => data.slice()) }
    let live = true
    const own = <A>(job: (one: Instance) => Promise<E.Either<EngineFault, A>>): Promise<E.Either<EngineFault, A>> =>
      exclusively(async (one) => {
        if (!live || (held.saved === undefined && owner !== held)) return E.left(lost)
        return job(one)
      })
    return E.right({
      advance: (iteration) => () =>
        own(async (one) => {
          hold(one, held)
          return advance(one, iteration)
        }),
      snapshot: () => () =>
        own(async (one) => E.right(held.saved?.map((data) => data.slice()) ?? readInputs(one, carry))),
      dispose: () => {
        live = false
        held.saved = undefined
        if (owner === held) owner = undefined
      }
    })
  }

  return {
    engine: engineName,
    threads: build.threads,
    relaxed: build.arithmetic === 'relaxed',
    where: Object.fromEntries(nodesOf(program.outputs).map(({ primitive }) => [primitive.name, 'engine' as const])),
    run: (data) => () =>
      exclusively(async (own) => {
        const wrong = misfit(data, 0)
        if (wrong !== undefined) return E.left(wrong)
        hold(own, undefined)
        write(own, data, 0)
        const fault = await step(own)
        return fault === undefined ? E.right(read(own, 0)) : E.left(fault)
      }),
    resident,
    iterate: iterateFrom(resident),
    explain: () => explain(parts.schedule, parts.plan, build),
    profile: (rounds) =>
      exclusively(async (own) => {
        hold(own, undefined)
        return E.right(profile(schedule, build, own, rounds))
      }),
    helped: () => instance?.helped() ?? 0,
    dispose: () => {
      if (!inUse) return
      inUse = false
      const release = instance?.release
      instance = undefined
      void queue(async () => release?.())
    }
  }
}

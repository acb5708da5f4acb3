import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { Data } from '../../tensor/dtype.ts'
import type { EngineFault, Executable, Iteration } from '../engine.ts'
import { iterateFrom } from '../iterate.ts'
import { serialQueue } from '../queue.ts'
import { showSession } from './explain.ts'
import type { FaultOf } from './faults.ts'
import { disposed } from './faults.ts'
import type { GpuOptions } from './options.ts'
import { whereOf } from '../../../kernels/gpu/partition/placement.ts'
import type { Session } from './session.ts'
import { openSession } from './session.ts'
import type { Cut } from './steps.ts'
import { misfitOf, stepsOf } from './steps.ts'
import type { Unrolling } from '../../../kernels/gpu/partition/unrolling.ts'
import { unrollingOf } from '../../../kernels/gpu/partition/unrolling.ts'

/** What the engine can say beyond the interface. */
export interface GpuExecutable extends Executable {
  /** What answers in this mode: an adapter's name, or the CPU. */
  readonly adapter: string
  /** How gpu.js runs each device part, once it has: 'fused-encoder', 'fused-threaded', 'fused-sync' or 'generic'. */
  readonly executors: () => readonly (string | undefined)[]
}

/** Steps that become one call of the device, where they can: more save little, and take long to translate. */
const mostSteps = 8
/** Kernels of a call beyond which it is long enough. */
const mostLaunches = 2500

/** The executable of a cut program, whose first session is open. After a device is lost, the next call opens another. */
export const executableOf = (name: string, cut: Cut, first: Session, options: GpuOptions): GpuExecutable => {
  const { program, parts, carry } = cut
  const { single, together } = stepsOf(cut)
  const unrolling = unrollingOf(program, parts, carry)
  let session: Session | undefined = first
  let latest = first
  let inUse = true

  const opened = async (): Promise<E.Either<FaultOf, Session>> => {
    if (!inUse) return E.left(disposed)
    if (session !== undefined && session.device.lost() !== undefined) {
      session.close().catch(() => undefined)
      session = undefined
    }
    if (session !== undefined) return E.right(session)
    const again = await openSession(parts, options)
    if (E.isRight(again)) latest = session = again.right
    return again
  }
  /** One call at a time: each has the session that it began with. */
  const queue = serialQueue()
  const inTurn = <A>(job: () => Promise<E.Either<FaultOf, A>>): Promise<E.Either<EngineFault, A>> =>
    queue(async () =>
      pipe(
        inUse ? await job() : E.left(disposed),
        E.mapLeft((fault) => fault(name))
      )
    )

  const run = async (inputs: readonly Data[]): Promise<E.Either<FaultOf, readonly Data[]>> => {
    const own = await opened()
    return E.isLeft(own) ? own : single(own.right, inputs)
  }

  const resident: Executable['resident'] = (initial) => async () => {
    const misfit = misfitOf(program.inputs.slice(0, carry), initial)
    if (misfit !== undefined) return E.left(misfit(name))
    let held: readonly Data[] | undefined = initial.map((data) => data.slice())
    /** Unless it was disposed of while the steps ran. */
    const keep = (carried: readonly Data[]): void => {
      if (held !== undefined) held = carried
    }

    /** How the next steps are taken together, where there are as many and they are short. */
    const unrollingFor = ({ ready }: Session, left: number): Unrolling | undefined => {
      const last = ready.at(-1)
      const isShort = last?.at === 'device' && last.work.launches.length * mostSteps <= mostLaunches
      return isShort && left >= mostSteps ? unrolling : undefined
    }
    const advance = async ({ steps, feed, onStep }: Iteration): Promise<E.Either<FaultOf, void>> => {
      for (let n = 0; n < steps;) {
        const before = held
        if (before === undefined) return E.left(disposed)
        const own = await opened()
        if (E.isLeft(own)) return own
        const way = unrollingFor(own.right, steps - n)
        const count = way === undefined ? 1 : mostSteps
        // Whoever feeds may fill the same arrays for the next step: what has to wait for that is a copy.
        const feeds = Array.from({ length: count }, (_, i) =>
          feed(n + i).map((data) => (i < count - 1 ? data.slice() : data))
        )
        const outputs =
          way === undefined
            ? E.map((one: readonly Data[]) => [one])(await single(own.right, [...before, ...feeds[0]!]))
            : await together(own.right, way, before, feeds)
        if (E.isLeft(outputs)) return outputs
        keep(outputs.right.at(-1)!.slice(0, carry) as readonly Data[])
        outputs.right.forEach((values, i) => onStep?.(n + i, values.slice(carry) as readonly Data[]))
        n += count
      }
      return E.right(undefined)
    }
    return E.right({
      advance: (iteration) => () => inTurn(() => advance(iteration)),
      snapshot: () => () =>
        inTurn(async () =>
          held === undefined ? E.left(disposed) : E.right(held.map((data) => data.slice()) as readonly Data[])
        ),
      dispose: () => {
        held = undefined
      }
    })
  }

  return {
    engine: name,
    adapter: first.device.adapter,
    where: whereOf(cut.places),
    executors: () => latest.ready.flatMap((one) => (one.at === 'device' ? [one.executor()] : [])),
    run: (inputs) => () => inTurn(() => run(inputs)),
    resident,
    iterate: iterateFrom(resident),
    explain: () => showSession(name, latest),
    dispose: () => {
      if (!inUse) return
      inUse = false
      queue(async () => session?.close()).catch(() => undefined)
    }
  }
}

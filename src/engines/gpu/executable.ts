import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { whereOf } from '../../../kernels/gpu/partition/placement.ts'
import type { EngineFault, Executable } from '../engine.ts'
import { iterateFrom } from '../iterate.ts'
import { serialQueue } from '../queue.ts'
import { showSession } from './explain.ts'
import type { FaultOf } from './faultOf.ts'
import { disposed } from './faults.ts'
import { keepSession } from './keptSession.ts'
import type { GpuOptions } from './options.ts'
import { carriesOf } from './resident.ts'
import type { Session } from './readyParts.ts'
import { devicePartsOf } from './readyParts.ts'
import { openSession } from './session.ts'
import type { Partition } from '../../../kernels/gpu/partition/parts.ts'
import { placesIn } from '../../../kernels/gpu/partition/parts.ts'
import { misfitOf, stepsOf } from './steps.ts'

/** An executable on gpu.js, which tells more than the interface of engines asks for. */
export interface GpuExecutable extends Executable {
  /** The name of the adapter that the mode runs on, or of the CPU. */
  readonly adapter: string
  /**
   * Returns how gpu.js runs each device part, once it has: 'fused-encoder', 'fused-threaded', 'fused-sync', 'generic', or
   * 'nothing' for a part without kernels; undefined for a part that has not run.
   */
  readonly executors: () => readonly (string | undefined)[]
}

/** Makes an executable on an open session. After its device is lost, the next call opens another session. */
export const executableOf = (
  name: string,
  partition: Partition,
  first: Session,
  options: GpuOptions
): GpuExecutable => {
  const { program, parts, carry } = partition
  const session = keepSession(first, () => openSession(parts, options))
  const { single } = stepsOf(partition)
  let inUse = true
  const open = async (): Promise<E.Either<FaultOf, Session>> => (inUse ? session.open() : E.left(disposed))
  const carryFrom = carriesOf(partition, open)

  const queue = serialQueue()
  /** Runs one call after the other, so that each keeps the session that it began with. */
  const inTurn = <A>(job: () => Promise<E.Either<FaultOf, A>>): Promise<E.Either<EngineFault, A>> =>
    queue(async () =>
      pipe(
        inUse ? await job() : E.left(disposed),
        E.mapLeft((fault) => fault(name))
      )
    )

  const resident: Executable['resident'] = (initial) => async () => {
    const misfit = misfitOf(program.inputs.slice(0, carry), initial)
    if (misfit !== undefined) return E.left(misfit(name))
    const held = carryFrom(initial)
    return E.right({
      advance: (iteration) => () => inTurn(() => held.advance(iteration)),
      snapshot: () => () => inTurn(async () => held.snapshot()),
      dispose: held.dispose
    })
  }

  return {
    engine: name,
    adapter: first.device.adapter,
    where: whereOf(placesIn(partition)),
    executors: () => devicePartsOf(session.latest().parts).map((part) => part.executor()),
    run: (inputs) => () =>
      inTurn(async () => {
        const opened = await open()
        return E.isLeft(opened) ? opened : single(opened.right, inputs)
      }),
    resident,
    iterate: iterateFrom(resident),
    explain: () => showSession(name, session.latest()),
    dispose: () => {
      if (!inUse) return
      inUse = false
      queue(session.close).catch(() => undefined)
    }
  }
}

import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { prepare } from '../../program/evaluate.ts'
import type { Node } from '../../program/node.ts'
import type { Data } from '../../tensor/dtype.ts'
import type { Device } from './device/device.ts'
import { openDevice } from './device/openDevice.ts'
import type { FaultOf } from './faults.ts'
import { failed, inexactInteger } from './faults.ts'
import type { GpuOptions } from './options.ts'
import type { Part } from '../../../kernels/gpu/partition/parts.ts'
import type { Pipeline } from './pipeline.ts'
import { createPipeline, kernelStore } from './pipeline.ts'
import { worthThreads } from './threads.ts'
import { firstInexact } from './transfer.ts'
import type { PartWork } from './work.ts'
import { workOf } from './work.ts'

export type Values = Map<Node, Data>

/** A part made ready on a device. */
export type Ready =
  | { readonly at: 'host'; readonly part: Part; readonly evaluate: (values: Values) => void }
  | {
      readonly at: 'device'
      readonly part: Part
      readonly work: PartWork
      /** The part over so many steps as one plan, made once for each number. */
      readonly over: (steps: number, chained: ReadonlyMap<number, number>) => Pipeline
      /** What gpu.js runs it by, once it has. */
      readonly executor: () => string | undefined
    }

/** A program's parts on one device. A device that is lost takes its session with it. */
export interface Session {
  readonly device: Device
  readonly ready: readonly Ready[]
  readonly close: () => Promise<void>
}

/** Integers that a device part takes have to be floats, too. */
export const inexactIn = (data: readonly (Data | undefined)[]): FaultOf | undefined => {
  const value = data.map((one) => one && firstInexact(one)).find((found) => found !== undefined)
  return value === undefined ? undefined : inexactInteger(value)
}

const onHost = (part: Part): Ready => {
  const evaluator = prepare(part.program, 'float32')
  return {
    at: 'host',
    part,
    evaluate: (values) => {
      const results = evaluator(part.takes.map((node) => values.get(node)!))
      part.gives.forEach((node, i) => values.set(node, results[i]!))
    }
  }
}

type Create = (steps: number, chained: ReadonlyMap<number, number>) => Pipeline

const onDevice = (part: Part, work: PartWork, create: Create): Ready => {
  // The single step at once: what gpu.js says of a kernel's text belongs to compilation.
  const made = new Map([[1, create(1, new Map())]])
  return {
    at: 'device',
    part,
    work,
    over: (steps, chained) => {
      const pipeline = made.get(steps) ?? create(steps, chained)
      made.set(steps, pipeline)
      return pipeline
    },
    executor: () => [...made.values()].map((pipeline) => pipeline.executor()).find((kind) => kind !== undefined)
  }
}

/** The parts ready to run on a new device, which is given back where that fails. */
export const openSession = async (
  parts: readonly Part[],
  { mode, threads, onDegraded }: GpuOptions
): Promise<E.Either<FaultOf, Session>> => {
  const opened = await openDevice(mode)
  if (E.isLeft(opened)) return opened
  const device = opened.right
  const kernelFor = kernelStore(device)
  const pipelines: Pipeline[] = []
  const readyOf = (part: Part): E.Either<FaultOf, Ready> => {
    if (part.at === 'host') return E.right(onHost(part))
    const create =
      (work: PartWork): Create =>
      (steps, chained) => {
        const own = mode === 'webasm' && (threads ?? worthThreads(work))
        const pipeline = createPipeline(device, kernelFor, work, { steps, chained, threads: own, onDegraded })
        pipelines.push(pipeline)
        return pipeline
      }
    return pipe(
      workOf(part.program, device),
      E.map((work) => onDevice(part, work, create(work)))
    )
  }
  const close = async (): Promise<void> => {
    await Promise.allSettled(pipelines.map((pipeline) => pipeline.destroy()))
    await device.destroy()
  }
  const ready = E.flatten(E.tryCatch(() => E.traverseArray(readyOf)(parts), failed))
  if (E.isLeft(ready)) {
    await close()
    return ready
  }
  return E.right({ device, ready: ready.right, close })
}

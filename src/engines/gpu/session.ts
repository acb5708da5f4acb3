import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { Part } from '../../../kernels/gpu/partition/parts.ts'
import type { PrintedPart } from '../../../kernels/gpu/printPart.ts'
import { printPart } from '../../../kernels/gpu/printPart.ts'
import { prepare } from '../../program/evaluate.ts'
import type { Node } from '../../program/node.ts'
import type { Data } from '../../tensor/dtype.ts'
import type { Device } from './device/device.ts'
import { openDevice } from './device/openDevice.ts'
import type { FaultOf } from './faultOf.ts'
import { failed, notPrinted } from './faults.ts'
import type { GpuOptions } from './options.ts'
import type { Pipeline } from './pipeline.ts'
import { createPipeline, kernelCache } from './pipeline.ts'
import { worthThreads } from './worthThreads.ts'

/** The values of a program's nodes in one step, as far as they are known. */
export type Values = Map<Node, Data>

/** A part of a program on the host: computes the values of the part's exports from those of its imports. */
interface HostPart {
  readonly at: 'host'
  readonly part: Part
  readonly evaluate: (values: Values) => void
}

/** A part of a program on a device. */
export interface DevicePart {
  readonly at: 'device'
  readonly part: Part
  readonly printed: PrintedPart
  /** Returns the part over so many steps as one pipeline, which is made once for each number of steps. */
  readonly over: (steps: number, chained: ReadonlyMap<number, number>) => Pipeline
  /** Returns how gpu.js runs the part, once it has. */
  readonly executor: () => string | undefined
}

export type ReadyPart = HostPart | DevicePart

/** The parts of a program, ready to run on one device. */
export interface Session {
  readonly device: Device
  readonly parts: readonly ReadyPart[]
  readonly close: () => Promise<void>
}

const hostPart = (part: Part): HostPart => {
  const evaluator = prepare(part.program, 'float32')
  return {
    at: 'host',
    part,
    evaluate: (values) => {
      const results = evaluator(part.imports.map((node) => values.get(node)!))
      part.exports.forEach((node, i) => values.set(node, results[i]!))
    }
  }
}

const devicePart = (part: Part, printed: PrintedPart, create: DevicePart['over']): DevicePart => {
  // The pipeline of a single step is made at once, so that what gpu.js says of a kernel's text is said while compiling.
  const pipelines = new Map([[1, create(1, new Map())]])
  return {
    at: 'device',
    part,
    printed,
    over: (steps, chained) => {
      const pipeline = pipelines.get(steps) ?? create(steps, chained)
      pipelines.set(steps, pipeline)
      return pipeline
    },
    executor: () => [...pipelines.values()].map((pipeline) => pipeline.executor()).find((kind) => kind !== undefined)
  }
}

/** Opens a device and makes the parts ready on it. Where that fails, the device is given back. */
export const openSession = async (
  parts: readonly Part[],
  { mode, threads, onDegraded }: GpuOptions
): Promise<E.Either<FaultOf, Session>> => {
  const opened = await openDevice(mode)
  if (E.isLeft(opened)) return opened
  const device = opened.right
  const kernelFor = kernelCache(device)
  const pipelines: Pipeline[] = []
  const close = async (): Promise<void> => {
    await Promise.allSettled(pipelines.map((pipeline) => pipeline.destroy()))
    await device.destroy()
  }

  const pipelineOf =
    (printed: PrintedPart): DevicePart['over'] =>
    (steps, chained) => {
      const withThreads = mode === 'webasm' && (threads ?? worthThreads(printed))
      const pipeline = createPipeline(device, kernelFor, printed, { steps, chained, threads: withThreads, onDegraded })
      pipelines.push(pipeline)
      return pipeline
    }
  const makeReady = (part: Part): E.Either<FaultOf, ReadyPart> =>
    part.at === 'host'
      ? E.right(hostPart(part))
      : pipe(
          printPart(part.program, { ...device, quads: mode === 'webasm' }),
          E.bimap(notPrinted, (printed) => devicePart(part, printed, pipelineOf(printed)))
        )

  const ready = E.flatten(E.tryCatch(() => E.traverseArray(makeReady)(parts), failed))
  if (E.isLeft(ready)) {
    await close()
    return ready
  }
  return E.right({ device, parts: ready.right, close })
}

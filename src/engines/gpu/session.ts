import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { ComputedPart, Part } from '../../../kernels/gpu/partition/parts.ts'
import type { PrintedPart } from '../../../kernels/gpu/printPart.ts'
import { printPart } from '../../../kernels/gpu/printPart.ts'
import { prepare } from '../../program/evaluate.ts'
import { openDevice } from './device/openDevice.ts'
import type { FaultOf } from './faultOf.ts'
import { failed, notPrinted } from './faults.ts'
import type { GpuOptions } from './options.ts'
import type { Pipeline } from './pipeline.ts'
import { createPipeline, kernelCache, noChain } from './pipeline.ts'
import { readyLoop } from './readyLoop.ts'
import type { ReadyDevicePart, ReadyHostPart, ReadyPart, Session } from './readyParts.ts'
import { worthThreads } from './worthThreads.ts'

const hostPart = (part: ComputedPart): ReadyHostPart => {
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

const devicePart = (part: ComputedPart, printed: PrintedPart, create: ReadyDevicePart['over']): ReadyDevicePart => {
  // The pipeline of a single step is made at once, so that what gpu.js says of a kernel's text is said while compiling.
  const pipelines = new Map([[1, create(1, noChain)]])
  return {
    at: 'device',
    part,
    printed,
    over: (steps, chain) => {
      const pipeline = pipelines.get(steps) ?? create(steps, chain)
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
    (printed: PrintedPart): ReadyDevicePart['over'] =>
    (steps, chain) => {
      const withThreads = mode === 'webasm' && (threads ?? worthThreads(printed))
      const pipeline = createPipeline(device, kernelFor, printed, { steps, ...chain, threads: withThreads, onDegraded })
      pipelines.push(pipeline)
      return pipeline
    }
  const makeReady = (part: Part): E.Either<FaultOf, ReadyPart> => {
    if (part.at === 'loop')
      return pipe(
        E.traverseArray(makeReady)(part.body.parts),
        E.map((body) => readyLoop(part, body, device))
      )
    if (part.at === 'host') return E.right(hostPart(part))
    return pipe(
      printPart(part.program, { ...device, quads: mode === 'webasm' }),
      E.bimap(notPrinted, (printed) => devicePart(part, printed, pipelineOf(printed)))
    )
  }

  const ready = E.flatten(E.tryCatch(() => E.traverseArray(makeReady)(parts), failed))
  if (E.isLeft(ready)) {
    await close()
    return ready
  }
  return E.right({ device, parts: ready.right, close })
}

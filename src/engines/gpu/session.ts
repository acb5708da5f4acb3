import * as E from '#fp-ts/Either'
import { prepare } from '../../program/evaluate.ts'
import type { Node } from '../../program/node.ts'
import type { Data } from '../../tensor/dtype.ts'
import type { Device } from './device.ts'
import { openDevice } from './device.ts'
import type { FaultOf } from './faults.ts'
import { inexactInteger } from './faults.ts'
import type { GpuMode } from './modes.ts'
import type { Part } from './parts.ts'
import type { Pipeline } from './pipeline.ts'
import { createPipeline, kernelStore } from './pipeline.ts'
import { worthThreads } from './threads.ts'
import { firstInexact } from './transfer.ts'
import type { Unrolling } from './unrolling.ts'
import type { Work } from './work.ts'
import { workOf } from './work.ts'

export interface SessionOptions {
  readonly mode: GpuMode
  /** Whether gpu.js may use its threads in the webasm mode (default: where they pay). */
  readonly threads?: boolean | undefined
  /** Hears of plans that gpu.js runs kernel by kernel, and lets them. */
  readonly onDegraded?: ((reason: string) => void) | undefined
}

export type Values = Map<Node, Data>

/** A part made ready on a device. */
export type Ready =
  | { readonly at: 'host'; readonly part: Part; readonly evaluate: (values: Values) => void }
  | { readonly at: 'device'; readonly part: Part; readonly work: Work; readonly single: Pipeline }

/** A program's parts on one device. A device that is lost takes its session with it. */
export interface Session {
  readonly device: Device
  readonly ready: readonly Ready[]
  /** The device part over so many steps. */
  readonly unrolled: (unrolling: Unrolling, steps: number) => Pipeline
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

export const openSession = async (
  parts: readonly Part[],
  options: SessionOptions
): Promise<E.Either<FaultOf, Session>> => {
  const opened = await openDevice(options.mode)
  if (E.isLeft(opened)) return opened
  const device = opened.right
  const kernelFor = kernelStore(device)
  const pipelines: Pipeline[] = []
  const pipelineOf = (work: Work, steps: number, chained: ReadonlyMap<number, number>): Pipeline => {
    const threads = options.mode === 'webasm' && (options.threads ?? worthThreads(work))
    const made = createPipeline(device, kernelFor, work, { steps, chained, threads, onDegraded: options.onDegraded })
    pipelines.push(made)
    return made
  }
  const close = async (): Promise<void> => {
    await Promise.allSettled(pipelines.map((pipeline) => pipeline.destroy()))
    await device.destroy()
  }
  const ready: Ready[] = []
  for (const part of parts) {
    if (part.at === 'host') {
      ready.push(onHost(part))
      continue
    }
    const work = workOf(part.program, device)
    if (E.isLeft(work)) {
      await close()
      return work
    }
    ready.push({ at: 'device', part, work: work.right, single: pipelineOf(work.right, 1, new Map()) })
  }
  const byLength = new Map<number, Pipeline>()
  return E.right({
    device,
    ready,
    unrolled: ({ chained }, steps) => {
      const last = ready.at(-1)! as Ready & { readonly at: 'device' }
      const made = byLength.get(steps) ?? pipelineOf(last.work, steps, chained)
      byLength.set(steps, made)
      return made
    },
    close
  })
}

import * as E from '#fp-ts/Either'
import type { Program } from '../../program/program.ts'
import type { Node } from '../../program/node.ts'
import type { Data } from '../../tensor/dtype.ts'
import { allocate } from '../../tensor/dtype.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { EngineFault, Executable } from '../engine.ts'
import { iterateFrom } from '../iterate.ts'
import { explainSchedule } from './explain.ts'
import type { FaultOf } from './faults.ts'
import { disposed, inexactInteger } from './faults.ts'
import type { Gpu } from './gpujs.ts'
import type { GpuMode } from './modes.ts'
import { devicePipeline, kernelStore } from './pipeline.ts'
import type { Schedule, Stage } from './schedule.ts'
import { firstInexact, fromDevice, toDevice } from './transfer.ts'

type Values = Map<Node, Data>
/** One stage at work on the values so far. */
type Step = (values: Values) => Promise<FaultOf | undefined>

const hostStage =
  ({ steps }: Stage & { readonly at: 'host' }): Step =>
  async (values) => {
    for (const { run, reads, writes } of steps) {
      const output = allocate(writes.dtype, sizeOf(writes.shape))
      run(
        reads.map((node) => values.get(node)!),
        output
      )
      values.set(writes, output)
    }
    return undefined
  }

const engineStage = (stage: Stage & { readonly at: 'engine' }, run: ReturnType<typeof devicePipeline>['run']): Step => {
  const { takes, gives } = stage
  return async (values) => {
    const args = takes.map((node) => values.get(node)!)
    const inexact = args.map(firstInexact).find((value) => value !== undefined)
    if (inexact !== undefined) return inexactInteger(inexact)
    const results = await run(args.map(toDevice))
    if (E.isLeft(results)) return results.left
    gives.forEach((node, i) => values.set(node, fromDevice(results.right[i]!, node)))
    return undefined
  }
}

const asInput = (data: Data, { dtype }: Node): Data =>
  dtype === 'float32' && data instanceof Float64Array ? Float32Array.from(data) : data

/** The stages of a program ready to run one after the other, on a GPU object of their own, which goes with them. */
export const executableOf = (
  name: string,
  mode: GpuMode,
  gpu: Gpu,
  program: Program,
  schedule: Schedule,
  carried: number
): Executable => {
  const { stages, fixed, results, where } = schedule
  const kernelFor = kernelStore(gpu)
  const pipelines: ReturnType<typeof devicePipeline>[] = []
  const steps = stages.map((stage) => {
    if (stage.at === 'host') return hostStage(stage)
    const pipeline = devicePipeline(gpu, mode, stage, kernelFor)
    pipelines.push(pipeline)
    return engineStage(stage, pipeline.run)
  })
  let inUse = true
  const run = async (inputs: readonly Data[]): Promise<E.Either<EngineFault, readonly Data[]>> => {
    const values: Values = new Map(fixed)
    program.inputs.forEach((node, i) => values.set(node, asInput(inputs[i]!, node)))
    for (const step of steps) {
      const fault = inUse ? await step(values) : disposed
      // What was disposed of meanwhile failed because of that.
      if (fault !== undefined) return E.left((inUse ? fault : disposed)(name))
    }
    return inUse ? E.right(results.map((node) => values.get(node)!.slice())) : E.left(disposed(name))
  }
  const resident: Executable['resident'] = (initial) => async () => {
    let carry: readonly Data[] | undefined = initial.map((data) => data.slice())
    return E.right({
      advance: (iteration) => async () => {
        for (let step = 0; step < iteration.steps; step++) {
          const outputs = carry === undefined ? E.left(disposed(name)) : await run([...carry, ...iteration.feed(step)])
          if (E.isLeft(outputs)) return outputs
          carry = outputs.right.slice(0, carried)
          iteration.onStep?.(step, outputs.right.slice(carried))
        }
        return E.right(undefined)
      },
      snapshot: () => async () =>
        carry === undefined ? E.left(disposed(name)) : E.right(carry.map((data) => data.slice())),
      dispose: () => {
        carry = undefined
      }
    })
  }
  return {
    engine: name,
    where,
    run: (inputs) => () => run(inputs),
    resident,
    iterate: iterateFrom(resident),
    explain: () => explainSchedule(name, schedule, program),
    dispose: () => {
      if (!inUse) return
      inUse = false
      const release = async (): Promise<void> => {
        await Promise.allSettled(pipelines.map((pipeline) => pipeline.destroy()))
        // Each executable has its own: kernels of the cpu mode are let go with it alone.
        await gpu.destroy()
      }
      release().catch(() => undefined)
    }
  }
}

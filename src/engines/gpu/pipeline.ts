import * as E from '#fp-ts/Either'
import type { KernelSource } from '../../../kernels/gpu/kernel.ts'
import { kindOf } from '../../../kernels/gpu/kernel.ts'
import type { Data } from '../../tensor/dtype.ts'
import type { Device } from './device/device.ts'
import type { FaultOf } from './faults.ts'
import { degraded, failed, lost } from './faults.ts'
import type { Gpu, Handle, Result } from './device/gpujs.ts'
import { fuses } from './modes.ts'
import { fromDevice, toDevice } from './transfer.ts'
import type { PartWork } from './work.ts'

/** One or several steps of a device part as one plan of gpu.js. */
export interface Pipeline {
  /**
   * @param first values of the chained takes, by number of take; of all others at each step
   * @returns values of the gives at each step; of the chained ones after the last step alone
   */
  readonly run: (
    first: ReadonlyMap<number, Data>,
    fed: readonly (readonly (Data | undefined)[])[]
  ) => Promise<E.Either<FaultOf, readonly (readonly (Data | undefined)[])[]>>
  /** What gpu.js runs it by, once it has: 'fused-encoder', 'fused-threaded', 'fused-sync', 'generic', or 'nothing' where no kernel runs. */
  readonly executor: () => string | undefined
  readonly destroy: () => Promise<void>
}

export interface PipelineOptions {
  readonly steps: number
  /** Takes that are gives of the step before, by number. */
  readonly chained: ReadonlyMap<number, number>
  readonly threads: boolean
  /** Hears of a plan that gpu.js runs kernel by kernel; where nobody listens, that is a fault. */
  readonly onDegraded?: ((reason: string) => void) | undefined
}

type GpuKernel = ReturnType<Gpu['createKernel']>

/** Kernels by kind: equal ones are one, in all pipelines of a device, which spares gpu.js translating them again. */
export const kernelStore = ({ gpu, mode }: Device): ((kernel: KernelSource) => GpuKernel) => {
  const known = new Map<string, GpuKernel>()
  const isGl = mode !== 'webgpu' && mode !== 'webasm' && mode !== 'cpu'
  return (kernel) => {
    const kind = kindOf(kernel)
    const made =
      known.get(kind) ??
      gpu.createKernel(kernel.source, {
        output: kernel.output,
        precision: 'single',
        loopMaxIterations: 1e9,
        ...(isGl && { tactic: 'precision' })
      })
    known.set(kind, made)
    return made
  }
}

/** What a pipeline is called with, in order. */
interface Argument {
  readonly kind: 'constant' | 'chained' | 'fed'
  readonly take: number
  readonly step: number
  readonly buffer: number
}

/** Only what a kernel reads or the caller gets back is uploaded. */
const argumentsOf = ({ schedule, launches }: PartWork, { steps, chained }: PipelineOptions): readonly Argument[] => {
  const used = new Set([...launches.flatMap(({ reads }) => reads), ...schedule.outputs])
  const constants = schedule.buffers.flatMap(({ role }, buffer): readonly Argument[] =>
    role.kind === 'constant' && used.has(buffer) ? [{ kind: 'constant', take: -1, step: 0, buffer }] : []
  )
  const takes = schedule.inputs.map((buffer, take) => ({ buffer, take })).filter(({ buffer }) => used.has(buffer))
  const at = (step: number): readonly Argument[] =>
    takes.flatMap(({ buffer, take }): readonly Argument[] =>
      !chained.has(take)
        ? [{ kind: 'fed', take, step, buffer }]
        : step === 0
          ? [{ kind: 'chained', take, step, buffer }]
          : []
    )
  return [...constants, ...Array.from({ length: steps }, (_, step) => at(step)).flat()]
}

/** All values come as arguments, never by capture: gpu.js copies a captured array for each use. */
export const createPipeline = (
  device: Device,
  kernelFor: (kernel: KernelSource) => GpuKernel,
  work: PartWork,
  options: PipelineOptions
): Pipeline => {
  const { schedule, launches } = work
  const { steps, chained, threads, onDegraded } = options
  const given = argumentsOf(work, options)
  const kernels = launches.map(({ kernel }) => kernelFor(kernel))
  const chainedGives = new Set(chained.values())
  const returned = Array.from({ length: steps }, (_, step) =>
    schedule.outputs.flatMap((buffer, give) => (step < steps - 1 && chainedGives.has(give) ? [] : [{ buffer, give }]))
  )
  const constants = new Map(
    given.flatMap(({ kind, buffer }) => {
      const { role } = schedule.buffers[buffer]!
      return kind === 'constant' && role.kind === 'constant' ? [[buffer, toDevice(role.data)] as const] : []
    })
  )

  const orchestrate = (...handles: readonly Handle[]): readonly Handle[] => {
    let before = new Map<number, Handle>()
    const results: Handle[] = []
    for (let step = 0; step < steps; step++) {
      const values = new Map<number, Handle>()
      given.forEach((argument, i) => {
        if (argument.kind === 'constant' || argument.step === step) values.set(argument.buffer, handles[i])
      })
      if (step > 0) for (const [take, give] of chained) values.set(schedule.inputs[take]!, before.get(schedule.outputs[give]!)) // prettier-ignore
      launches.forEach(({ reads, writes }, i) => values.set(writes, kernels[i]!(...reads.map((x) => values.get(x)))))
      results.push(...returned[step]!.map(({ buffer }) => values.get(buffer)))
      before = values
    }
    return results
  }
  // gpu.js counts arguments by it.
  Object.defineProperty(orchestrate, 'length', { value: given.length })
  // What only hands values on has nothing to run.
  const pipeline = launches.length === 0 ? undefined : device.gpu.createPipeline(orchestrate, { threads })
  let ran = false

  /** What is wrong after a call that gave results all the same. */
  const silentFault = (): FaultOf | undefined => {
    const gone = device.lost()
    if (gone !== undefined) return lost(gone)
    const fault = device.takeFault()
    // gpu.js goes on kernel by kernel without a word.
    if (fault !== undefined || ran || pipeline?.executorKind !== 'generic' || !fuses(device.mode)) return fault
    if (onDegraded === undefined) return degraded(pipeline.executorKind, pipeline.fallbackReason)
    onDegraded(pipeline.fallbackReason ?? 'gpu.js gives no reason')
    return undefined
  }

  return {
    run: async (first, fed) => {
      const args = given.map(({ kind, take, step, buffer }) =>
        kind === 'constant' ? constants.get(buffer)! : toDevice(kind === 'fed' ? fed[step]![take]! : first.get(take)!)
      )
      try {
        const results = pipeline === undefined ? (orchestrate(...args) as readonly Result[]) : await pipeline(...args)
        const fault = silentFault()
        if (fault !== undefined) return E.left(fault)
        ran = true
        let next = 0
        return E.right(
          returned.map((gives) => {
            const values = new Array<Data | undefined>(schedule.outputs.length)
            for (const { buffer, give } of gives) values[give] = fromDevice(results[next++]!, schedule.buffers[buffer]!)
            return values
          })
        )
      } catch (cause) {
        const gone = device.lost()
        return E.left(gone === undefined ? failed(cause) : lost(gone))
      }
    },
    executor: () => (ran ? (pipeline?.executorKind ?? 'nothing') : undefined),
    destroy: async () => pipeline?.destroy()
  }
}

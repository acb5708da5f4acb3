import * as E from '#fp-ts/Either'
import type { KernelSource } from '../../../kernels/gpu/kernel.ts'
import { roundEach } from '../../../kernels/gpu/source/roundEach.ts'
import { kernelKey } from '../../../kernels/gpu/kernel.ts'
import type { Data } from '../../tensor/dtype.ts'
import type { Device } from './device/device.ts'
import type { FaultOf } from './faultOf.ts'
import { degraded, failed, lost } from './faults.ts'
import type { Gpu, Handle, Result } from './device/gpujs.ts'
import { fuses } from './modes.ts'
import { fromDevice, toDevice } from './transfer.ts'
import type { Chain } from '../../../kernels/gpu/partition/unrolling.ts'
import type { PrintedPart } from '../../../kernels/gpu/printPart.ts'

/** One or several steps of a device part as one pipeline of gpu.js. */
export interface Pipeline {
  /**
   * Runs the steps.
   *
   * @param first values of the chained imports before the first step, by number of import
   * @param fed values of all other imports at each step
   * @returns values of the exports at each step; a chained one is undefined but after the last step
   */
  readonly run: (
    first: ReadonlyMap<number, Data>,
    fed: readonly (readonly (Data | undefined)[])[]
  ) => Promise<E.Either<FaultOf, readonly (readonly (Data | undefined)[])[]>>
  /**
   * Returns how gpu.js runs it, once it has: 'fused-encoder', 'fused-threaded', 'fused-sync', 'generic', or 'nothing'
   * without kernels.
   */
  readonly executor: () => string | undefined
  readonly destroy: () => Promise<void>
}

/** The chain of a single step. */
export const noChain: Chain = { chained: new Map(), fixed: new Set() }

export interface PipelineOptions extends Chain {
  readonly steps: number
  readonly threads: boolean
  /** As in `GpuOptions`. */
  readonly onDegraded?: ((reason: string) => void) | undefined
}

type GpuKernel = ReturnType<Gpu['createKernel']>

/** Makes each kernel once for all pipelines of a device, which spares gpu.js translating equal kernels again. */
export const kernelCache = ({ gpu, mode }: Device): ((kernel: KernelSource) => GpuKernel) => {
  const known = new Map<string, GpuKernel>()
  const isGl = mode !== 'webgpu' && mode !== 'webasm' && mode !== 'cpu'
  return (kernel) => {
    const kind = kernelKey(kernel)
    const made =
      known.get(kind) ??
      gpu.createKernel(mode === 'cpu' ? roundEach(kernel.source) : kernel.source, {
        output: kernel.output,
        precision: 'single',
        loopMaxIterations: 1e9,
        ...(isGl && { tactic: 'precision' })
      })
    known.set(kind, made)
    return made
  }
}

/** An argument of a pipeline: a constant, a chained import of the first step, or an import of one step or of all of them. */
interface Argument {
  readonly kind: 'constant' | 'chained' | 'fed'
  readonly imported: number
  readonly step: number
  readonly buffer: number
}

/** Lists the arguments of a pipeline, in order: only arrays that a kernel reads or that are returned. */
const argumentsOf = (
  { schedule, launches }: PrintedPart,
  { steps, chained, fixed }: PipelineOptions
): readonly Argument[] => {
  const used = new Set([...launches.flatMap(({ reads }) => reads), ...schedule.outputs])
  const constants = schedule.buffers.flatMap(({ role }, buffer): readonly Argument[] =>
    role.kind === 'constant' && used.has(buffer) ? [{ kind: 'constant', imported: -1, step: 0, buffer }] : []
  )
  const imports = schedule.inputs
    .map((buffer, imported) => ({ buffer, imported }))
    .filter(({ buffer }) => used.has(buffer))
  const at = (step: number): readonly Argument[] =>
    imports.flatMap(({ buffer, imported }): readonly Argument[] =>
      !chained.has(imported) && (step === 0 || !fixed.has(imported))
        ? [{ kind: 'fed', imported, step, buffer }]
        : step === 0
          ? [{ kind: 'chained', imported, step, buffer }]
          : []
    )
  return [...constants, ...Array.from({ length: steps }, (_, step) => at(step)).flat()]
}

/** Makes a pipeline. All arrays are arguments, never captured: gpu.js copies a captured array for each use. */
export const createPipeline = (
  device: Device,
  kernelFor: (kernel: KernelSource) => GpuKernel,
  printed: PrintedPart,
  options: PipelineOptions
): Pipeline => {
  const { schedule, launches } = printed
  const { steps, chained, fixed, threads, onDegraded } = options
  const given = argumentsOf(printed, options)
  const kernels = launches.map(({ kernel }) => kernelFor(kernel))
  const chainedExports = new Set(chained.values())
  const returned = Array.from({ length: steps }, (_, step) =>
    schedule.outputs.flatMap((buffer, exported) =>
      step < steps - 1 && chainedExports.has(exported) ? [] : [{ buffer, exported }]
    )
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
      for (const imported of fixed) if (step > 0) values.set(schedule.inputs[imported]!, before.get(schedule.inputs[imported]!)) // prettier-ignore
      if (step > 0) for (const [imported, exported] of chained) values.set(schedule.inputs[imported]!, before.get(schedule.outputs[exported]!)) // prettier-ignore
      launches.forEach(({ reads, writes }, i) => values.set(writes, kernels[i]!(...reads.map((x) => values.get(x)))))
      results.push(...returned[step]!.map(({ buffer }) => values.get(buffer)))
      before = values
    }
    return results
  }
  // gpu.js reads the number of arguments from the length.
  Object.defineProperty(orchestrate, 'length', { value: given.length })
  // A part that only hands values on has nothing to run.
  const pipeline = launches.length === 0 ? undefined : device.gpu.createPipeline(orchestrate, { threads })
  let ran = false

  /** Finds what went wrong in a call that returned results all the same. */
  const silentFault = (): FaultOf | undefined => {
    const gone = device.lost()
    if (gone !== undefined) return lost(gone)
    const fault = device.takeFault()
    // gpu.js falls back to running kernel by kernel silently.
    if (fault !== undefined || ran || pipeline?.executorKind !== 'generic' || !fuses(device.mode)) return fault
    if (onDegraded === undefined) return degraded(pipeline.executorKind, pipeline.fallbackReason)
    onDegraded(pipeline.fallbackReason ?? 'gpu.js exports no reason')
    return undefined
  }

  return {
    run: async (first, fed) => {
      const args = given.map(({ kind, imported, step, buffer }) =>
        kind === 'constant'
          ? constants.get(buffer)!
          : toDevice(kind === 'fed' ? fed[step]![imported]! : first.get(imported)!)
      )
      try {
        const results = pipeline === undefined ? (orchestrate(...args) as readonly Result[]) : await pipeline(...args)
        const fault = silentFault()
        if (fault !== undefined) return E.left(fault)
        ran = true
        let next = 0
        return E.right(
          returned.map((exports) => {
            const values = new Array<Data | undefined>(schedule.outputs.length)
            for (const { buffer, exported } of exports)
              values[exported] = fromDevice(results[next++]!, schedule.buffers[buffer]!)
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

import type { Operand } from '../../../kernels/nest/interpret.ts'
import type { Kernel } from '../../../kernels/gpu/kernel.ts'
import { loadGpuJs } from '../../../src/engines/gpu/gpujs.ts'

/** A kernel and arrays for the operands it reads. */
export interface Job {
  readonly kernel: Kernel
  readonly operands: readonly Operand[]
}

const argumentsOf = ({ kernel, operands }: Job): readonly Float32Array[] =>
  kernel.reads.map((operand) => Float32Array.from(operands[operand]!.data))

type Plain = (this: { thread: { x: number } }, ...args: readonly Float32Array[]) => number

/** The kernel as the JavaScript function that it also is, one call a thread; reads are checked. */
export const runPlainly = (job: Job): Float32Array => {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text of a kernel is what is tested
  const f = new Function(`return ${job.kernel.source}`)() as Plain
  const args = argumentsOf(job).map(
    (array) =>
      new Proxy(array, {
        get: (target, key) => {
          if (typeof key === 'string' && /^-?[\d.]+$/.test(key) && !(Number(key) in target))
            throw new RangeError(`${key} of ${String(target.length)}\n${job.kernel.source}`)
          return Reflect.get(target, key, target) as unknown
        }
      })
  )
  const results = Float32Array.from({ length: job.kernel.cells }, (_, x) => f.call({ thread: { x } }, ...args))
  return results.subarray(0, job.kernel.size)
}

/** All kernels as steps of one pipeline of gpu.js; answers their results and what executed them. */
export const runInPipeline = async (
  mode: 'webasm' | 'cpu',
  jobs: readonly Job[]
): Promise<{ readonly results: readonly Float32Array[]; readonly executor: string }> => {
  const { GPU } = await loadGpuJs()
  const gpu = new GPU({ mode })
  const kernels = jobs.map(({ kernel: { source, cells } }) =>
    gpu.createKernel(source, { output: [cells], precision: 'single', loopMaxIterations: 1e9 })
  )
  const args = jobs.map(argumentsOf)
  const orchestrate = (...handles: unknown[]): readonly unknown[] => {
    let next = 0
    return kernels.map((kernel, i) => kernel(...args[i]!.map(() => handles[next++])))
  }
  Object.defineProperty(orchestrate, 'length', { value: args.flat().length })
  const pipeline = gpu.createPipeline(orchestrate, { threads: false })
  try {
    const results = await pipeline(...args.flat())
    return {
      results: results.map((result, i) => result.subarray(0, jobs[i]!.kernel.size)),
      executor: pipeline.executorKind
    }
  } finally {
    await pipeline.destroy()
    await gpu.destroy()
  }
}

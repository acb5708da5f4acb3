import * as E from '#fp-ts/Either'
import type { Launch, PrintSite } from '../../../../kernels/gpu/kernel.ts'
import { kernelKey } from '../../../../kernels/gpu/kernel.ts'
import type { Range } from '../../../../kernels/gpu/limits/ranges.ts'
import { exactRange } from '../../../../kernels/gpu/limits/ranges.ts'
import type { Buffer } from '../../../../src/compiler/schedule.ts'
import { showFault } from '../../../../src/engines/engine.ts'
import { openDevice } from '../../../../src/engines/gpu/device/openDevice.ts'
import type { GpuMode } from '../../../../src/engines/gpu/modes.ts'
import type { Data } from '../../../../src/tensor/dtype.ts'

/** Kernels at work, the arrays that lie in buffers 0, 1 ... before them, and the size of every buffer, parts too. */
export interface Job {
  readonly launches: readonly Launch[]
  readonly arrays: readonly Data[]
  readonly sizes: readonly number[]
}

export interface SiteOptions {
  readonly quads?: boolean
  readonly mostArguments?: number
  readonly rangeOf?: (buffer: number) => Range
}

/** A site over these buffers, and the sizes of all, to which parts are added as they are asked for. */
export const openSite = (
  buffers: readonly Buffer[],
  options: SiteOptions = {}
): { readonly site: PrintSite; readonly sizes: readonly number[] } => {
  const sizes = buffers.map(({ size }) => size)
  const { quads = false, mostArguments = 7, rangeOf = () => exactRange } = options
  const part = (size: number): number => sizes.push(size) - 1
  return { site: { schedule: { buffers }, rangeOf, quads, mostArguments, scratch: part }, sizes }
}

const bufferOf = (data: Data, index: number): Buffer => ({
  dtype: data instanceof Int32Array ? 'int32' : data instanceof Uint8Array ? 'bool' : 'float32',
  size: data.length,
  role: { kind: 'input', index }
})

/** Buffers of these arrays, and one more of `size` numbers for a result. */
export const buffersFor = (
  arrays: readonly Data[],
  size: number,
  dtype: Buffer['dtype'] = 'float32'
): readonly Buffer[] => [...arrays.map(bufferOf), { dtype, size, role: { kind: 'temporary' } }]

interface Point {
  readonly x: number
  readonly y: number
  readonly z: number
}

type Plain = (this: { thread: Point; output: Point }, ...args: readonly Readonly<Record<number, number>>[]) => number

/** An array that throws where it is read outside, or between its elements. */
const checked = (array: Float32Array, source: string): Readonly<Record<number, number>> =>
  new Proxy(array, {
    get: (target, key) => {
      if (!(typeof key === 'string' && /^\d+$/.test(key) && Number(key) < target.length))
        throw new RangeError(`${String(key)} of ${String(target.length)}\n${source}`)
      return target[Number(key)]
    }
  })

/** The kernels as the JavaScript functions that they also are, one call a thread; answers what the last one writes. */
export const runPlainly = ({ launches, arrays, sizes }: Job): Float32Array => {
  const memory = arrays.map((data) => Float32Array.from(data))
  for (const { kernel, reads, writes } of launches) {
    const { source, output } = kernel
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text of a kernel is what is tested
    const f = new Function(`return ${source}`)() as Plain
    const args = reads.map((buffer) => checked(memory[buffer]!, source))
    const [width, height = 1, depth = 1] = output
    const result = new Float32Array(width * height * depth)
    const extents = { x: width, y: height, z: depth }
    for (let z = 0; z < depth; z++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          result[(z * height + y) * width + x] = f.call({ thread: { x, y, z }, output: extents }, ...args)
    memory[writes] = result.subarray(0, sizes[writes])
  }
  return memory[launches.at(-1)!.writes]!
}

type Rows = Float32Array | readonly Rows[]
const flatten = (rows: Rows): readonly number[] => (rows instanceof Float32Array ? [...rows] : rows.flatMap(flatten))

export interface PipelineOptions {
  readonly threads?: boolean
}

/** All jobs in one pipeline of gpu.js; answers what the last kernel of each writes, and what executed them. */
export const runInPipeline = async (
  mode: GpuMode,
  jobs: readonly Job[],
  { threads = false }: PipelineOptions = {}
): Promise<{ readonly results: readonly Float32Array[]; readonly executor: string }> => {
  const device = await openDevice(mode)
  if (E.isLeft(device)) throw new Error(showFault(device.left(`gpu:${mode}`)))
  const { gpu } = device.right
  const made = new Map<string, ReturnType<typeof gpu.createKernel>>()
  for (const { kernel } of jobs.flatMap(({ launches }) => launches)) {
    const settings = {
      output: kernel.output as readonly [number],
      precision: 'single',
      loopMaxIterations: 1e9
    } as const
    if (!made.has(kernelKey(kernel))) made.set(kernelKey(kernel), gpu.createKernel(kernel.source, settings))
  }
  const args = jobs.map(({ arrays, launches }) => {
    const read = new Set(launches.flatMap(({ reads }) => reads))
    return arrays.map((data, buffer) => ({ buffer, data })).filter(({ buffer }) => read.has(buffer))
  })
  const orchestrate = (...handles: unknown[]): readonly unknown[] => {
    let next = 0
    return jobs.map(({ launches }, i) => {
      const memory = new Map<number, unknown>(args[i]!.map(({ buffer }) => [buffer, handles[next++]]))
      for (const { kernel, reads, writes } of launches)
        memory.set(writes, made.get(kernelKey(kernel))!(...reads.map((buffer) => memory.get(buffer))))
      return memory.get(launches.at(-1)!.writes)
    })
  }
  const flat = args.flat().map(({ data }) => Float32Array.from(data))
  Object.defineProperty(orchestrate, 'length', { value: flat.length })
  const pipeline = gpu.createPipeline(orchestrate, { threads })
  try {
    const results = (await pipeline(...flat)) as readonly Rows[]
    return {
      results: results.map((rows, i) => {
        const { launches, sizes } = jobs[i]!
        const flat = rows instanceof Float32Array ? rows : Float32Array.from(flatten(rows))
        return flat.subarray(0, sizes[launches.at(-1)!.writes])
      }),
      executor: pipeline.executorKind
    }
  } finally {
    await pipeline.destroy()
    await device.right.destroy()
  }
}

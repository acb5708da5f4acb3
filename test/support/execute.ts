import type { Scalar } from '../../src/nest/expression.ts'
import { axis, load, plus, times } from '../../src/nest/expression.ts'
import type { FusedNest } from '../../src/nest/fused.ts'
import type { Operand } from '../../src/nest/interpret.ts'
import { interpretInto } from '../../src/nest/interpret.ts'
import { substituteIn } from '../../src/nest/substitute.ts'
import { registry } from '../../src/primitives/registry.ts'
import type { PrimitiveName } from '../../src/primitives/registry.ts'
import type { AnyPrimitive, Params } from '../../src/program/primitive.ts'
import type { Data, Precision } from '../../src/tensor/dtype.ts'
import { allocate } from '../../src/tensor/dtype.ts'
import type { Shape } from '../../src/tensor/shape.ts'
import { sizeOf, stridesOf } from '../../src/tensor/shape.ts'
import type { Aval } from '../../src/tensor/tensor.ts'
import type { MemoryPlan } from '../../src/compiler/memory/plan.ts'
import type { Contraction, Convolving, Epilogue, Kernel, Schedule } from '../../src/compiler/schedule.ts'
import type { Strided } from '../../src/tensor/strided.ts'

/** A schedule in a memory of its own, laid out by a plan, run by plain loops: what schedules and plans are checked with. */
export interface Execution {
  /** Inputs from number `first` on. */
  readonly write: (inputs: readonly Data[], first?: number) => void
  readonly step: () => void
  /** Copies of the outputs; what a carry replaced is in its input's place. */
  readonly outputs: () => readonly Data[]
}

export interface ExecuteOptions {
  /** float64 needs a plan whose float32 elements take 8 bytes. */
  readonly precision?: Precision
  /** Runs the kernels of each level from the last to the first: no order within a level may matter. */
  readonly backwards?: boolean
}

const viewOf = (memory: ArrayBuffer, dtype: Aval['dtype'], precision: Precision, offset: number, size: number): Data =>
  dtype === 'int32'
    ? new Int32Array(memory, offset, size)
    : dtype === 'bool'
      ? new Uint8Array(memory, offset, size)
      : precision === 'float64'
        ? new Float64Array(memory, offset, size)
        : new Float32Array(memory, offset, size)

const flat = (data: Data): Operand => ({ data, shape: [data.length] })

/** The epilogue as loops: bodies load from flat operands at their strides. */
const epilogueNest = ({ outputs, operands }: Epilogue, domain: Shape): FusedNest => {
  const places: readonly Strided[] = [{ start: 0, strides: stridesOf(domain) }, ...operands]
  const placeOf = ({ start, strides }: Strided): Scalar =>
    strides.reduce<Scalar>((sum, stride, n) => plus(times(axis(n), stride), sum), plus(times(axis(0), 0), start))
  const visit = substituteIn({
    axis: (e) => e,
    load: (e) => load(e.operand, [placeOf(places[e.operand]!)], e.dtype)
  })
  return { domain, outputs: outputs.map(({ dtype, body }) => ({ dtype, body: visit(body) })) }
}

/** Finishes the sums (row-major over the epilogue's domain) and stores each output where `offsetAt` says. */
const finish = (
  kernel: Contraction | Convolving,
  domain: Shape,
  sums: Data,
  reads: readonly Data[],
  writes: readonly Data[],
  precision: Precision,
  offsetAt: (i: number) => number
): void => {
  const { epilogue } = kernel
  const size = sizeOf(domain)
  const results = epilogue.outputs.map(({ dtype }) => allocate(dtype, size, precision))
  interpretInto(epilogueNest(epilogue, domain), [flat(sums), ...reads.slice(2).map(flat)], results)
  results.forEach((result, r) => {
    for (let i = 0; i < size; i++) writes[r]![offsetAt(i)] = result[i]!
  })
}

const contract = (kernel: Contraction, reads: readonly Data[], writes: readonly Data[], precision: Precision): void => {
  const { batch, m, n, k, a, b, c } = kernel
  const [x, y] = reads as readonly [Data, Data]
  const sums = new Float64Array(batch * m * n)
  for (let g = 0; g < batch; g++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        const [left, right] = [
          a.start + g * a.strides.batch + i * a.strides.row,
          b.start + g * b.strides.batch + j * b.strides.column
        ]
        let sum = 0
        for (let p = 0; p < k; p++) sum += x[left + p * a.strides.column]! * y[right + p * b.strides.row]!
        sums[(g * m + i) * n + j] = sum
      }
  finish(kernel, [batch, m, n], sums, reads, writes, precision, (at) => {
    const [g, i, j] = [Math.floor(at / (m * n)), Math.floor(at / n) % m, at % n]
    return c.start + g * c.strides.batch + i * c.strides.row + j * c.strides.column
  })
}

const evaluate = (
  name: string,
  params: Params,
  operands: readonly Aval[],
  result: Aval,
  reads: readonly Data[],
  write: Data
): void => {
  const primitive: AnyPrimitive = registry[name as PrimitiveName]
  primitive.evaluate(operands, result, params)(reads, write)
}

const convolve = (kernel: Convolving, reads: readonly Data[], writes: readonly Data[], precision: Precision): void => {
  const { kind, params, result } = kernel
  const sums = new Float64Array(sizeOf(result))
  const operands = kernel.reads.slice(0, 2).map(({ shape }): Aval => ({ shape, dtype: 'float32' }))
  evaluate(kind, params as unknown as Params, operands, { shape: result, dtype: 'float32' }, reads, sums)
  finish(kernel, result, sums, reads, writes, precision, (i) => i)
}

/** Before it is written, so that an output that overlaps an operand is found out. */
const poison = (writes: readonly Data[]): void => writes.forEach((data) => data.fill(NaN))

const runKernel = (kernel: Kernel, reads: readonly Data[], writes: readonly Data[], precision: Precision): void => {
  if (kernel.kind !== 'loops') poison(writes)
  switch (kernel.kind) {
    case 'loops': {
      const operands = kernel.reads.map(({ shape }, i) => ({ data: reads[i]!, shape }))
      interpretInto(kernel.nest, operands, writes)
      return
    }
    case 'contraction':
      contract(kernel, reads, writes, precision)
      return
    case 'scatterAdd': {
      const { batches, rows, picked, size, base } = kernel
      const [indices, updates, x] = reads as readonly [Data, Data, Data]
      const y = writes[0]!
      const dtype = y instanceof Int32Array ? 'int32' : 'float32'
      const start = base === undefined ? x : allocate(dtype, y.length, precision).fill(base)
      const avals: readonly Aval[] = [
        { shape: [batches, rows, size], dtype },
        { shape: [batches, picked], dtype: 'int32' },
        { shape: [batches, picked, size], dtype }
      ]
      evaluate('scatterAdd', { batch: 1 }, avals, avals[0]!, [start, indices, updates], y)
      return
    }
    case 'cumulativeSum': {
      const dtype = writes[0] instanceof Int32Array ? 'int32' : 'float32'
      const aval: Aval = { shape: [kernel.blocks, kernel.extent, kernel.inner], dtype }
      evaluate('cumulativeSum', { axis: 1 }, [aval], aval, reads, writes[0]!)
      return
    }
    case 'routine':
      evaluate(kernel.primitive, kernel.params, kernel.operands, kernel.result, reads, writes[0]!)
      return
    default:
      convolve(kernel, reads, writes, precision)
  }
}

export const execute = (schedule: Schedule, plan: MemoryPlan, options: ExecuteOptions = {}): Execution => {
  const { precision = 'float32', backwards = false } = options
  const memory = new ArrayBuffer(plan.bytes)
  const views = schedule.buffers.map(({ dtype, size }, i) => viewOf(memory, dtype, precision, plan.offsets[i]!, size))
  schedule.buffers.forEach(({ role }, i) => {
    if (role.kind === 'constant') views[i]!.set(role.data)
  })
  return {
    write: (inputs, first = 0) => inputs.forEach((data, i) => views[schedule.inputs[first + i]!]!.set(data)),
    step: () => {
      for (const level of schedule.levels)
        for (const k of backwards ? level.toReversed() : level) {
          const kernel = schedule.kernels[k]!
          runKernel(kernel, kernel.reads.map(({ buffer, shape, start }) => (start === undefined ? views[buffer]! : views[buffer]!.subarray(start, start + sizeOf(shape)))), kernel.writes.map((buffer) => views[buffer]!), precision) // prettier-ignore
        }
      for (const { from, to } of plan.copies) views[to]!.set(views[from]!)
    },
    outputs: () => schedule.outputs.map((buffer) => views[buffer]!.slice())
  }
}

import type { Scalar } from '../nest/expression.ts'
import { binary, literal } from '../nest/expression.ts'
import { expressionsIn, isLoad } from '../nest/substitute.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Rates } from './cost.ts'
import { accessCost, elementCost, rates as measured } from './cost.ts'
import type { MemoryPlan } from './memory/plan.ts'
import { planMemory } from './memory/plan.ts'
import { optimize } from './rewrite/optimize.ts'
import type { Kernel, Schedule } from './schedule.ts'
import { schedule } from './scheduleProgram.ts'
import type { ScanParams } from '../program/scan.ts'
import { elementBytes } from '../tensor/dtype.ts'

/** Figures of one kernel. */
export interface KernelFigures {
  readonly kind: Kernel['kind'] | 'loop'
  readonly level: number
  /** Its extents: `[128,64] over [64]`, `1x128x64x64`. */
  readonly extents: string
  /** The primitives that went into it, repetitions counted: `dotGeneral, add, 2 mul`. */
  readonly primitives: string
  readonly flops: number
  /** Read and written, every operand once. */
  readonly bytes: number
  /** Of the estimated time of a step, between 0 and 1. */
  readonly share: number
}

export interface Explanation {
  readonly kernels: readonly KernelFigures[]
  readonly levels: number
  readonly flops: number
  readonly bytes: number
  /** Copies of the carry at the end of a step. */
  readonly copies: number
  readonly constantBytes: number
  readonly inputBytes: number
  readonly arenaBytes: number
  readonly liveBytes: number
  /** Of the bodies of loops: what those of one level take, at most. */
  readonly loopBytes: number
}

/** Counts the arithmetic of some bodies at one point, indices aside: operations, and the nanoseconds that they take. */
const arithmeticOf = (bodies: readonly Scalar[]): { readonly operations: number; readonly time: number } => {
  const all = expressionsIn(bodies, isLoad).filter(
    ({ kind }) => kind !== 'load' && kind !== 'literal' && kind !== 'axis'
  )
  return { operations: all.length, time: all.reduce((sum, e) => sum + elementCost(e), 0) }
}

interface WorkFigures {
  readonly flops: number
  /** Those among them that run at the device's best: multiply-adds of contractions and convolutions. */
  readonly dense: number
  /** Nanoseconds of all others, on one thread. */
  readonly time: number
  readonly extents: string
  /** Bytes of the body's own memory, of a loop. */
  readonly inner?: number
}

const addition = binary('add', literal(0), literal(0))

/** Counts the work of a loop: that of its body, as it is scheduled by itself, once an iteration. */
const loopFigures = ({ body, length }: ScanParams): WorkFigures => {
  const made = schedule(optimize(body))
  const plan = planMemory(made)
  const { flops, kernels, loopBytes } = explain(made, plan)
  const time = kernels.reduce((sum, own) => sum + own.bytes, 0) / measured.thread.bytes
  return {
    flops: length * flops,
    dense: 0,
    time: length * time,
    extents: `${String(length)} times ${String(kernels.length)} kernels`,
    inner: plan.bytes + loopBytes
  }
}

/** Bytes of a buffer that a kernel reads at most: of a long vector it may read a piece. */
const readBytes = (kernel: Kernel, buffer: number): number => {
  if (kernel.kind === 'contraction') {
    const { batch, m, n, k } = kernel
    return 4 * batch * Math.max(m * n, m * k, k * n)
  }
  const own = kernel.reads.filter((read) => read.buffer === buffer)
  if (kernel.kind !== 'loops') return own.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0)
  const { domain, reduction } = kernel.nest
  return 4 * own.length * sizeOf(domain) * sizeOf(reduction?.extents ?? [])
}

const isLoop = (kernel: Kernel): boolean => kernel.kind === 'routine' && kernel.primitive === 'scan'

const workFigures = (kernel: Kernel, sizes: readonly number[]): WorkFigures => {
  const plain = (count: number, extents: string): WorkFigures => ({
    flops: count,
    dense: 0,
    time: count * accessCost,
    extents
  })
  const withEpilogue = (dense: number, points: number, bodies: readonly Scalar[], extents: string): WorkFigures => {
    const { operations, time } = arithmeticOf(bodies)
    return { flops: dense + operations * points, dense, time: time * points, extents }
  }
  switch (kernel.kind) {
    case 'loops': {
      const { domain, outputs, reduction } = kernel.nest
      const points = sizeOf(domain) * sizeOf(reduction?.extents ?? [])
      const over = reduction === undefined ? '' : ` over [${reduction.extents.join()}]`
      const { operations, time } = arithmeticOf(outputs.map(({ body }) => body))
      const sums = reduction === undefined ? 0 : outputs.length
      return {
        flops: points * (operations + sums),
        dense: 0,
        time: points * (time + sums * elementCost(addition)),
        extents: `[${domain.join()}]${over}`
      }
    }
    case 'contraction': {
      const { batch, m, n, k, epilogue } = kernel
      const bodies = epilogue.outputs.map(({ body }) => body)
      return withEpilogue(2 * batch * m * n * k, batch * m * n, bodies, [batch, m, n, k].join('x'))
    }
    case 'scatterAdd':
      return plain(kernel.batches * kernel.picked * kernel.size, [kernel.batches, kernel.rows, kernel.size].join('x'))
    case 'cumulativeSum':
      return plain(kernel.blocks * kernel.extent * kernel.inner, [kernel.blocks, kernel.extent, kernel.inner].join('x'))
    case 'routine': {
      if (isLoop(kernel)) return loopFigures(kernel.params as unknown as ScanParams)
      const size = sizeOf(kernel.result.shape)
      return plain(Math.ceil(size * Math.log2(size + 1)), `[${kernel.result.shape.join()}]`)
    }
    default: {
      const [, second] = kernel.reads
      const { shape } = kernel.reads[0]!
      // Every multiplication has one element of y [G, N, O, ...output] and one channel and kernel position of w.
      const outputs =
        kernel.kind === 'conv' ? second!.shape[1]! : (kernel.kind === 'convInputGradient' ? shape : second!.shape)[2]!
      const channels = kernel.kind === 'convInputGradient' ? second!.shape[2]! : shape[2]!
      const y = shape[0]! * shape[1]! * outputs * sizeOf(kernel.params.output)
      const bodies = kernel.epilogue.outputs.map(({ body }) => body)
      const dense = 2 * y * channels * sizeOf(kernel.params.kernel)
      return withEpilogue(dense, sizes[0]!, bodies, `[${kernel.result.join()}] kernel [${kernel.params.kernel.join()}]`)
    }
  }
}

const counted = (names: readonly string[]): string => {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => (count === 1 ? name : `${String(count)} ${name}`)).join(', ')
}

/** Estimates what a step takes, kernel by kernel. Only the shares depend on the rates (default: one thread of a CPU). */
export const explain = (made: Schedule, plan: MemoryPlan, rates: Rates = measured.thread): Explanation => {
  const bytesOf = (buffer: number): number => made.buffers[buffer]!.size * elementBytes[made.buffers[buffer]!.dtype]
  const levelOf = new Map(made.levels.flatMap((level, i) => level.map((kernel) => [kernel, i] as const)))
  const rows = made.kernels.map((kernel, k) => {
    const sizes = kernel.writes.map((buffer) => made.buffers[buffer]!.size)
    const work = workFigures(kernel, sizes)
    const touched = new Map(kernel.writes.map((buffer) => [buffer, bytesOf(buffer)]))
    for (const { buffer } of kernel.reads) touched.set(buffer, Math.max(touched.get(buffer) ?? 0, Math.min(bytesOf(buffer), readBytes(kernel, buffer)))) // prettier-ignore
    const bytes = [...touched.values()].reduce((sum, each) => sum + each, 0)
    const arithmetic = work.dense / rates.flops + work.time
    return {
      kernel,
      level: levelOf.get(k)!,
      ...work,
      bytes,
      took: rates.launch + Math.max(arithmetic, bytes / rates.bytes)
    }
  })
  const total = rows.reduce((sum, { took }) => sum + took, 0)
  const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((all, row) => all + of(row), 0)
  return {
    kernels: rows.map(({ kernel, level, extents, flops, bytes, took }) => ({
      kind: isLoop(kernel) ? 'loop' : kernel.kind,
      level,
      extents,
      primitives: counted(kernel.primitives),
      flops,
      bytes,
      share: took / total
    })),
    levels: made.levels.length,
    flops: sum(({ flops }) => flops),
    bytes: sum(({ bytes }) => bytes),
    copies: plan.copies.length,
    constantBytes: plan.constantBytes,
    inputBytes: plan.inputBytes,
    arenaBytes: plan.arenaBytes,
    liveBytes: plan.liveBytes,
    loopBytes: made.levels.reduce(
      (most, _, i) =>
        Math.max(
          most,
          sum(({ level, inner = 0 }) => (level === i ? inner : 0))
        ),
      0
    )
  }
}

const units = ['', 'k', 'M', 'G', 'T'] as const
const showQuantity = (x: number): string => {
  const unit = Math.max(0, Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, x)) / 3)))
  const scaled = x / 1000 ** unit
  return `${unit === 0 ? String(scaled) : scaled.toPrecision(3)} ${units[unit]!}`
}

/** Writes the totals, and a line for each kernel, those that take longest first; `lines` of them (default: all). */
export const showExplanation = (of: Explanation, lines = Infinity): string => {
  const kernels = of.kernels.toSorted((a, b) => b.share - a.share).slice(0, lines)
  const left = of.kernels.length - kernels.length
  return [
    `${String(of.kernels.length)} kernels in ${String(of.levels)} levels, ${showQuantity(of.flops)}flop, ${showQuantity(of.bytes)}B moved`,
    `memory: ${showQuantity(of.arenaBytes)}B arena (${showQuantity(of.liveBytes)}B live at once), ${showQuantity(of.inputBytes)}B inputs, ${showQuantity(of.constantBytes)}B constants, ${of.loopBytes > 0 ? `${showQuantity(of.loopBytes)}B in loops, ` : ''}${String(of.copies)} copies of the carry`,
    ' share      flop         B  kernel',
    ...kernels.map(
      ({ kind, extents, primitives, flops, bytes, share }) =>
        `${(100 * share).toFixed(1).padStart(5)}%${showQuantity(flops).padStart(9)} ${showQuantity(bytes).padStart(9)}   ${kind} ${extents}: ${primitives}`
    ),
    ...(left > 0 ? [`... and ${String(left)} more`] : [])
  ].join('\n')
}

import * as E from '#fp-ts/Either'
import { printKernel } from '../../../../kernels/gpu/printKernel.ts'
import type { Scalar } from '../../../../src/nest/expression.ts'
import { binary, compare, literal, load, select, unary } from '../../../../src/nest/expression.ts'
import { execute } from '../../../support/execute.ts'
import { planMemory } from '../../../../src/compiler/memory/plan.ts'
import type { Contraction, Convolving, Epilogue } from '../../../../src/compiler/schedule.ts'
import type { Strided } from '../../../../src/tensor/strided.ts'
import { errorAgainst } from '../../../../src/tensor/compare.ts'
import type { Shape } from '../../../../src/tensor/shape.ts'
import type { Draws } from '../../../support/draws.ts'
import type { Job, SiteOptions } from './running.ts'
import { buffersFor, openSite } from './running.ts'

/** Work of one output, and arrays for its buffers 0, 1 ...; the one behind them is the result's. */
export interface Heavy {
  readonly work: Contraction | Convolving
  readonly arrays: readonly Float32Array[]
  readonly size: number
}

export const drawArray = (d: Draws, size: number): Float32Array =>
  Float32Array.from({ length: size }, () => d.real(-1, 1))

export const plain: Epilogue = { outputs: [{ dtype: 'float32', body: load(0, [], 'float32') }], operands: [] }

/** An epilogue with up to three operands at strides of the domain's axes, dense, repeated or apart, and their sizes. */
export const drawEpilogue = (
  d: Draws,
  domain: Shape
): { readonly epilogue: Epilogue; readonly sizes: readonly number[] } => {
  if (d.chance(0.3)) return { epilogue: plain, sizes: [] }
  const sizes: number[] = []
  const operands = Array.from({ length: d.int(0, 3) }, (): Strided => {
    const start = d.chance(0.3) ? d.int(1, 3) : 0
    let apart = d.chance(0.2) ? 2 : 1
    const strides = domain.map(() => 0)
    const order = d.chance(0.5) ? domain.map((_, n) => domain.length - 1 - n) : d.shuffle(domain.map((_, n) => n))
    const dense = d.chance(0.5)
    for (const n of order) {
      if (!dense && d.chance(0.5)) continue
      strides[n] = apart
      apart *= domain[n]!
    }
    sizes.push(start + domain.reduce((sum, extent, n) => sum + (extent - 1) * strides[n]!, 1))
    return { start, strides }
  })
  const value = load(0, [], 'float32')
  const body = operands.reduce<Scalar>(
    (sum, _, i) => {
      const other = load(i + 1, [], 'float32')
      const gate = compare('gt', other, literal(0))
      return d.pick([binary('add', sum, other), binary('mul', sum, other), select(gate, sum, literal(0.25))])
    },
    d.chance(0.5) ? value : unary('tanh', value)
  )
  return { epilogue: { outputs: [{ dtype: 'float32', body }], operands }, sizes }
}

export interface HeavyTrial extends Job {
  readonly expected: Float32Array
  readonly name: string
}

/** The work printed for a site, and what it means. */
export const trialOf = (name: string, { work, arrays, size }: Heavy, options: SiteOptions): HeavyTrial => {
  const buffers = buffersFor(arrays, size)
  const { site, sizes } = openSite(buffers, options)
  const launches = printKernel(work, site)
  if (E.isLeft(launches)) throw new Error(`${name}: ${launches.left.expected}, not ${launches.left.actual}`)
  const misfit = launches.right.find(
    ({ kernel, reads }) => kernel.output[0] % 4 !== 0 || reads.length > site.mostArguments
  )
  if (misfit) throw new Error(`${name}: ${String(misfit.kernel.output)} threads, ${String(misfit.reads.length)} arrays`)
  const schedule = {
    buffers: buffers.map((buffer, i) =>
      i < arrays.length ? { ...buffer, role: { kind: 'input', index: i } as const } : buffer
    ),
    kernels: [work],
    levels: [[0]],
    inputs: arrays.map((_, i) => i),
    outputs: [arrays.length]
  }
  const execution = execute(schedule, planMemory(schedule))
  execution.write(arrays)
  execution.step()
  return { name, launches: launches.right, arrays, sizes, expected: execution.outputs()[0] as Float32Array }
}

interface Runs {
  readonly options: SiteOptions
  readonly modes: { readonly mode: 'webasm' | 'cpu'; readonly threads: boolean }[]
}

/** What kernels are printed for, and what runs them here. */
export const sites: Readonly<Record<string, Runs>> = {
  'vectors of WebAssembly': {
    options: { quads: true, mostArguments: 63 },
    modes: [
      { mode: 'webasm', threads: false },
      { mode: 'webasm', threads: true }
    ]
  },
  'one result a thread': {
    options: {},
    modes: [
      { mode: 'cpu', threads: false },
      { mode: 'webasm', threads: false }
    ]
  }
}

export const check = ({ name, expected, launches }: HeavyTrial, actual: Float32Array, bound: number): void => {
  const error = errorAgainst(actual, expected)
  if (!(error <= bound))
    throw new Error(
      `${name}: off by ${String(error)}\n${launches.map(({ kernel, reads, writes }) => `${String(writes)} = ${kernel.source} of ${String(reads)}, ${String(kernel.output)}`).join('\n')}`
    )
}

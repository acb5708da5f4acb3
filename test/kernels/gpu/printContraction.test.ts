import { describe, expect, it } from 'vitest'
import { printKernel } from '../../../kernels/gpu/printKernel.ts'
import { binary, literal, load } from '../../../src/nest/expression.ts'
import type { Contraction, Matrix } from '../../../src/compiler/schedule.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import { sizeOf } from '../../../src/tensor/shape.ts'
import type { Draws } from '../../support/draws.ts'
import { drawsFrom } from '../../support/draws.ts'
import type { Heavy } from './support/heavyWork.ts'
import { check, drawArray, drawEpilogue, plain, sites, trialOf } from './support/heavyWork.ts'
import { buffersFor, openSite, runInPipeline, runPlainly } from './support/running.ts'

type Extents = readonly [batch: number, first: number, second: number]

const matrixOf = (start: number, [batch, row, column]: Extents): Matrix => ({ start, strides: { batch, row, column } })

/** A matrix of those extents somewhere in an array: its axes in any order, perhaps apart, perhaps repeated. */
const drawMatrix = (d: Draws, extents: Extents): { readonly matrix: Matrix; readonly size: number } => {
  const start = d.chance(0.2) ? d.int(1, 5) : 0
  const strides = [0, 0, 0]
  let apart = d.chance(0.2) ? d.int(2, 3) : 1
  for (const n of d.shuffle([0, 1, 2])) {
    if (d.chance(0.15)) continue
    strides[n] = apart
    apart *= extents[n]!
  }
  const size = start + extents.reduce((sum, extent, n) => sum + (extent - 1) * strides[n]!, 1)
  return { matrix: matrixOf(start, strides as unknown as Extents), size }
}

/** Where a dense result of those extents lies with its axes in that order. */
const denseOf = (extents: Extents, order: readonly number[]): Matrix => {
  const strides = [0, 0, 0]
  order.reduceRight((apart, n) => {
    strides[n] = apart
    return apart * extents[n]!
  }, 1)
  return matrixOf(0, strides as unknown as Extents)
}

const drawContraction = (seed: number): Heavy => {
  const d = drawsFrom(seed)
  const extent = (): number => d.pick([1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 17])
  const [batch, m, n] = [d.chance(0.5) ? 1 : d.int(2, 5), extent(), extent()]
  const k = d.pick([1, 2, 3, 5, 8, 16, 17, 18, 30, 64, 129])
  const [a, b] = [drawMatrix(d, [batch, m, k]), drawMatrix(d, [batch, k, n])]
  const { epilogue, sizes } = drawEpilogue(d, [batch, m, n])
  const arrays = [a.size, b.size, ...sizes].map((size) => drawArray(d, size))
  const work: Contraction = {
    kind: 'contraction',
    batch,
    m,
    n,
    k,
    a: a.matrix,
    b: b.matrix,
    c: denseOf([batch, m, n], d.shuffle([0, 1, 2])),
    epilogue,
    reads: arrays.map(({ length }, buffer) => ({ buffer, shape: [length] })),
    writes: [arrays.length],
    primitives: ['dotGeneral']
  }
  return { work, arrays, size: batch * m * n }
}

/** Of two matrices, either transposed as it lies. */
const productOf = (kind: 'nn' | 'nt' | 'tn', [m, k, n]: readonly [number, number, number]): Heavy => {
  const d = drawsFrom(m + k + n)
  const a = matrixOf(0, kind === 'tn' ? [0, 1, m] : [0, k, 1])
  const b = matrixOf(0, kind === 'nt' ? [0, 1, k] : [0, n, 1])
  const shapes = [[m, k], [k, n]] // prettier-ignore
  const arrays = shapes.map((shape) => drawArray(d, sizeOf(shape)))
  const work: Contraction = {
    kind: 'contraction',
    batch: 1,
    m,
    n,
    k,
    a,
    b,
    c: denseOf([1, m, n], [0, 1, 2]),
    epilogue: plain,
    reads: shapes.map((shape, buffer) => ({ buffer, shape })),
    writes: [2],
    primitives: ['dotGeneral']
  }
  return { work, arrays, size: m * n }
}

describe.each(Object.entries(sites))('contractions for %s', (_, { options, modes }) => {
  const trials = Array.from({ length: 150 }, (_, seed) =>
    trialOf(`seed ${String(seed)}`, drawContraction(seed), options)
  )

  it('read in bounds', () => {
    for (const trial of trials) check(trial, runPlainly(trial), 3e-6)
  })

  it.each(modes)('are what they mean on $mode, threads: $threads', async ({ mode, threads }) => {
    const some = trials.slice(0, 40)
    const { results, executor } = await runInPipeline(mode, some, { threads })
    expect(executor).toBe(mode === 'cpu' ? 'generic' : 'fused-sync')
    some.forEach((trial, i) => check(trial, results[i]!, 3e-6))
  })

  it.each(modes)(
    'of the sizes of a network, and of long sums, on $mode, threads: $threads',
    async ({ mode, threads }) => {
      const large = [
        ...(['nn', 'nt', 'tn'] as const).map((kind) => productOf(kind, [256, 128, 96])),
        productOf('nn', [256, 2, 128]),
        productOf('nn', [130, 257, 1]),
        productOf('tn', [3, 100_000, 5]),
        productOf('nt', [1, 5003, 1])
      ].map((heavy, i) => trialOf(`product ${String(i)}`, heavy, options))
      const { results, executor } = await runInPipeline(mode, large, { threads })
      if (mode === 'webasm') expect(executor).toBe(threads ? 'fused-threaded' : 'fused-sync')
      large.forEach((trial, i) => check(trial, results[i]!, 3e-6))
    }
  )
})

describe('a contraction', () => {
  it('sums a million terms to six digits', async () => {
    const { work, arrays, size } = productOf('nn', [4, 1_000_000, 1])
    const tenths = arrays.map((array) => array.fill(0.1))
    for (const { options } of Object.values(sites)) {
      const trial = trialOf('tenths', { work, arrays: tenths, size }, options)
      const { results } = await runInPipeline('webasm', [trial])
      expect(errorAgainst(results[0]!, trial.expected)).toBeLessThan(3e-6)
    }
  })

  it('of few results and long sums is many threads, whose sums are summed', () => {
    for (const { options } of Object.values(sites)) {
      const { launches } = trialOf('long', productOf('nn', [2, 65536, 2]), options)
      expect(launches.length).toBe(2)
      expect(launches[0]!.kernel.output.reduce((a, b) => a * b)).toBeGreaterThan(255)
    }
  })

  it('does not print what is empty, or reaches farther than floats count', () => {
    const printed = ([m, k, n]: readonly [number, number, number]) => {
      const { work } = productOf('nn', [2, 2, 2])
      const sizes = [m * k, k * n, m * n]
      const buffers = sizes.map((size) => ({ dtype: 'float32', size, role: { kind: 'temporary' } }) as const)
      const [a, b] = [matrixOf(0, [0, k, 1]), matrixOf(0, [0, n, 1])]
      return printKernel(
        { ...(work as Contraction), m, n, k, a, b, c: denseOf([1, m, n], [0, 1, 2]) },
        openSite(buffers).site
      )
    }
    expect(printed([2, 0, 2])).toMatchObject({ left: { reason: 'size', actual: '[0]' } })
    expect(printed([4097, 1, 4096])).toMatchObject({ left: { reason: 'size' } })
    expect(printed([4097, 4096, 1])).toMatchObject({ left: { reason: 'size' } })
    expect(printed([4096, 4096, 1])).toMatchObject({ _tag: 'Right' })
  })

  it('with a number after it that no kernel can have is not printed', () => {
    const { work, arrays, size } = productOf('nn', [2, 2, 2])
    const body = binary('max', load(0, [], 'float32'), literal(-Infinity))
    const epilogue = { outputs: [{ dtype: 'float32', body }], operands: [] } as const
    expect(printKernel({ ...work, epilogue }, openSite(buffersFor(arrays, size)).site)).toMatchObject({
      left: { reason: 'number' }
    })
  })
})

import * as E from '#fp-ts/Either'
import { describe, expect, it } from 'vitest'
import { printCumulativeSum } from '../../../../kernels/gpu/printCumulativeSum.ts'
import type { Launch } from '../../../../kernels/gpu/kernel.ts'
import type { Obstacle } from '../../../../kernels/gpu/limits/obstacle.ts'
import { printScatterAdd } from '../../../../kernels/gpu/printScatterAdd.ts'
import { registry } from '../../../../src/primitives/registry.ts'
import { errorAgainst } from '../../../../src/tensor/compare.ts'
import type { Data } from '../../../../src/tensor/dtype.ts'
import { allocate } from '../../../../src/tensor/dtype.ts'
import { drawsFrom } from '../../../support/draws.ts'
import { gpuModes } from '../../../support/gpuModes.ts'
import type { Job, SiteOptions } from '../support/running.ts'
import { buffersFor, openSite, runInPipeline, runPlainly } from '../support/running.ts'

type Trial = Job & { readonly expected: Data }

const taken = (launches: E.Either<Obstacle, readonly Launch[]>): readonly Launch[] => {
  if (E.isLeft(launches)) throw new Error(launches.left.actual)
  return launches.right
}

/** [batches, rows, picked, size]. */
type Scatter = readonly [number, number, number, number]

const scatterLaunches = (
  [batches, rows, picked, size]: Scatter,
  base: number | undefined,
  arrays: readonly Data[],
  options: SiteOptions = {}
) => {
  const dtype = arrays[1] instanceof Int32Array ? 'int32' : 'float32'
  const { site, sizes } = openSite(buffersFor(arrays, batches * rows * size, dtype), options)
  const reads = [
    [batches, picked],
    [batches, picked, size],
    [batches, rows, size]
  ]
    .slice(0, arrays.length)
    .map((shape, buffer) => ({ buffer, shape }))
  const writes = [arrays.length]
  const work = { kind: 'scatterAdd', reads, writes, primitives: [], batches, rows, picked, size, base } as const
  return { launches: printScatterAdd(work, site), arrays, sizes }
}

const scatter = (sizes: Scatter, base: number | undefined, seed = 1, dtype: 'float32' | 'int32' = 'float32'): Trial => {
  const [batches, rows, picked, size] = sizes
  const d = drawsFrom(seed)
  const numbers = (n: number): Data =>
    dtype === 'int32'
      ? Int32Array.from({ length: n }, () => d.int(-9, 9))
      : Float32Array.from({ length: n }, () => d.real(-1, 1))
  // One in eight lies outside.
  const indices = Int32Array.from({ length: batches * picked }, () =>
    d.chance(1 / 8) ? d.pick([-1, rows, -(2 ** 24), 2 ** 24]) : d.int(0, rows - 1)
  )
  const updates = numbers(batches * picked * size)
  const own = batches * rows * size
  const x = base === undefined ? numbers(own) : allocate(dtype, own).fill(base)
  const expected = allocate(dtype, own)
  const avals = [
    { shape: [batches, rows, size], dtype },
    { shape: [batches, picked], dtype: 'int32' as const },
    { shape: [batches, picked, size], dtype }
  ]
  registry.scatterAdd.evaluate(avals, avals[0]!, { batch: 1 })([x, indices, updates], expected)
  const arrays = base === undefined ? [indices, updates, x] : [indices, updates]
  const job = scatterLaunches(sizes, base, arrays, dtype === 'int32' ? { rangeOf: () => ({ low: -9, high: 9 }) } : {})
  return { ...job, launches: taken(job.launches), expected }
}

/** [blocks, extent, inner]. */
const cumulative = ([blocks, extent, inner]: readonly [number, number, number], x: Data): Trial => {
  const dtype = x instanceof Int32Array ? 'int32' : 'float32'
  const { site, sizes } = openSite(buffersFor([x], x.length, dtype), { rangeOf: () => ({ low: -9, high: 9 }) })
  const reads = [{ buffer: 0, shape: [blocks, extent, inner] }]
  const work = { kind: 'cumulativeSum', reads, writes: [1], primitives: [], blocks, extent, inner } as const
  const aval = { shape: [blocks, extent, inner], dtype } as const
  const expected = allocate(dtype, x.length)
  registry.cumulativeSum.evaluate([aval], aval, { axis: 1 })([x], expected)
  return { launches: taken(printCumulativeSum(work, site)), arrays: [x], sizes, expected }
}

const reals = (n: number): Float32Array => {
  const d = drawsFrom(n)
  return Float32Array.from({ length: n }, () => d.real(-1, 1))
}

const check = async (trial: Trial, tolerance = 3e-6): Promise<void> => {
  expect(errorAgainst(runPlainly(trial), trial.expected)).toBeLessThanOrEqual(tolerance)
  for (const mode of gpuModes) {
    const { results } = await runInPipeline(mode, [trial])
    expect(errorAgainst(results[0]!, trial.expected)).toBeLessThanOrEqual(tolerance)
  }
}

describe('scattered sums', () => {
  it.each<Scatter>([
    [1, 1, 1, 1],
    [1, 5, 7, 3],
    [3, 4, 6, 2],
    [1, 10, 600, 1],
    [2, 3, 2000, 1],
    [1, 300, 1500, 2]
  ])('of [%d, %d] rows, %d picked, of %d numbers', async (...sizes) => {
    await check(scatter(sizes, undefined))
    await check(scatter(sizes, 0))
    await check(scatter(sizes, -2.5))
  })

  it('are exact in integers', async () => {
    await check(scatter([2, 5, 1100, 3], undefined, 2, 'int32'), 0)
    await check(scatter([1, 4, 30, 1], 7, 3, 'int32'), 0)
  })

  it('of many rows go through parts where there are few places', () => {
    expect(scatter([1, 3, 2000, 1], 0).launches.length).toBe(2)
    expect(scatter([1, 300, 64, 16], 0).launches.length).toBe(1)
  })

  it('are the same from run to run', async () => {
    const trial = scatter([1, 3, 2000, 4], undefined)
    const [first, second] = [await runInPipeline('webasm', [trial]), await runInPipeline('webasm', [trial])]
    expect(first.results).toEqual(second.results)
  })

  it('of integers that floats may not hold are none, nor onto infinity', () => {
    const [indices, ones] = [new Int32Array(8), new Int32Array(8)]
    const wide = scatterLaunches([1, 2, 8, 1], 0, [indices, ones], { rangeOf: () => ({ low: 0, high: 2 ** 22 }) })
    expect(wide.launches).toMatchObject({ left: { reason: 'number' } })
    const narrow = scatterLaunches([1, 2, 8, 1], 0, [indices, ones], { rangeOf: () => ({ low: 0, high: 2 ** 21 }) })
    expect(narrow.launches).toMatchObject({ right: [{ writes: 2 }] })
    const infinite = scatterLaunches([1, 2, 8, 1], -Infinity, [indices, new Float32Array(8)])
    expect(infinite.launches).toMatchObject({ left: { reason: 'number' } })
  })
})

describe('cumulative sums', () => {
  it.each<readonly [number, number, number]>([
    [1, 1, 1],
    [2, 5, 3],
    [1, 64, 1],
    [1, 65, 2],
    [3, 96, 2],
    [2, 1000, 1],
    [1, 5000, 1],
    [2, 2500, 3]
  ])('of %d blocks of %d by %d', async (...extents) => {
    await check(cumulative(extents, reals(extents[0] * extents[1] * extents[2])))
    const integers = Int32Array.from({ length: extents[0] * extents[1] * extents[2] }, (_, i) => (i % 19) - 9)
    await check(cumulative(extents, integers), 0)
  })

  it('of a hundred thousand are right to six digits', async () => {
    const trial = cumulative([1, 100_000, 1], new Float32Array(100_000).fill(0.1))
    const { results } = await runInPipeline('webasm', [trial])
    expect(errorAgainst(results[0]!, trial.expected)).toBeLessThan(3e-6)
  })

  it('of integers that floats may not hold are none', () => {
    const { site } = openSite(buffersFor([new Int32Array(9)], 9, 'int32'), {
      rangeOf: () => ({ low: 0, high: 2 ** 21 })
    })
    const work = (extent: number) =>
      ({ kind: 'cumulativeSum', reads: [{ buffer: 0, shape: [9] }], writes: [1], primitives: [], blocks: 1, extent, inner: 1 }) as const // prettier-ignore
    expect(printCumulativeSum(work(9), site)).toMatchObject({ left: { reason: 'number' } })
    expect(printCumulativeSum(work(8), site)).toMatchObject({ right: [{ writes: 1 }] })
  })
})

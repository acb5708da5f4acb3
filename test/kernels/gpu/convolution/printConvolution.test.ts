import { describe, expect, it } from 'vitest'
import { printKernel } from '../../../../kernels/gpu/printKernel.ts'
import type { Convolving } from '../../../../src/compiler/schedule.ts'
import type { Convolution } from '../../../../src/program/vocabulary.ts'
import type { Shape } from '../../../../src/tensor/shape.ts'
import { sizeOf } from '../../../../src/tensor/shape.ts'
import type { Draws } from '../../../support/draws.ts'
import { drawsFrom } from '../../../support/draws.ts'
import type { Heavy } from '../support/heavyWork.ts'
import { check, drawArray, drawEpilogue, plain, sites, trialOf } from '../support/heavyWork.ts'
import { openSite, runInPipeline, runPlainly } from '../support/running.ts'

const kinds = ['conv', 'convInputGradient', 'convFilterGradient'] as const
type Kind = (typeof kinds)[number]

/** Extents of groups, samples, channels and filters. */
type Extents = readonly [number, number, number, number]

const shapesOf = (kind: Kind, [g, n, c, o]: Extents, params: Convolution): readonly [Shape, Shape, Shape] => {
  const [x, w, y] = [
    [g, n, c, ...params.input],
    [g, o, c, ...params.kernel],
    [g, n, o, ...params.output]
  ]
  return kind === 'conv' ? [x, w, y] : kind === 'convInputGradient' ? [y, w, x] : [x, y, w]
}

const convolvingOf = (kind: Kind, extents: Extents, params: Convolution, d: Draws, follows: boolean): Heavy => {
  const [one, other, result] = shapesOf(kind, extents, params)
  const { epilogue, sizes } = follows ? drawEpilogue(d, result) : { epilogue: plain, sizes: [] }
  const shapes = [one, other, ...sizes.map((size) => [size])]
  const work: Convolving = {
    kind,
    params,
    result,
    epilogue,
    reads: shapes.map((shape, buffer) => ({ buffer, shape })),
    writes: [shapes.length],
    primitives: [kind]
  }
  return { work, arrays: shapes.map((shape) => drawArray(d, sizeOf(shape))), size: sizeOf(result) }
}

/** Margins may be negative, and outputs may reach beyond the image or leave some of it out. */
const drawConvolving = (kind: Kind, seed: number): Heavy => {
  const d = drawsFrom(seed)
  const rank = d.pick([1, 1, 2, 2, 2, 3])
  const axes = Array.from({ length: rank }, () => ({
    stride: d.pick([1, 1, 2, 2, 3]),
    low: d.int(-2, 4),
    dilation: d.pick([1, 1, 1, 2, 3]),
    input: d.int(1, rank === 3 ? 4 : 9),
    kernel: d.int(1, rank === 3 ? 3 : 5),
    output: d.int(1, rank === 3 ? 4 : 8)
  }))
  const params: Convolution = {
    stride: axes.map(({ stride }) => stride),
    low: axes.map(({ low }) => low),
    dilation: axes.map(({ dilation }) => dilation),
    input: axes.map(({ input }) => input),
    kernel: axes.map(({ kernel }) => kernel),
    output: axes.map(({ output }) => output)
  }
  const extents = [d.chance(0.7) ? 1 : 2, d.int(1, 4), d.pick([1, 2, 3, 4, 8]), d.pick([1, 2, 3, 4, 8])] as const
  return convolvingOf(kind, extents, params, d, true)
}

/** A layer of 4x4 filters at stride 2 that halves images. */
const halving = (pixels: number): Convolution => ({
  stride: [2, 2],
  low: [1, 1],
  dilation: [1, 1],
  input: [pixels, pixels],
  kernel: [4, 4],
  output: [pixels / 2, pixels / 2]
})

describe.each(Object.entries(sites))('convolutions for %s', (_, { options, modes }) => {
  describe.each(kinds)('%s', (kind) => {
    const trials = Array.from({ length: 120 }, (_, seed) =>
      trialOf(`seed ${String(seed)}`, drawConvolving(kind, seed), options)
    )

    it('reads in bounds', () => {
      for (const trial of trials) check(trial, runPlainly(trial), 3e-6)
    })

    it.each(modes)('is what it means on $mode, threads: $threads', async ({ mode, threads }) => {
      const some = trials.slice(0, 30)
      const { results, executor } = await runInPipeline(mode, some, { threads })
      // Whether so little work is worth threads is gpu.js's to decide.
      expect(executor).toMatch(mode === 'cpu' ? /^generic$/ : threads ? /^fused-/ : /^fused-sync$/)
      some.forEach((trial, i) => check(trial, results[i]!, 3e-6))
    })

    it.each(modes)('of the sizes of a network on $mode, threads: $threads', async ({ mode, threads }) => {
      const layers = [
        convolvingOf(kind, [1, 8, 1, 16], halving(28), drawsFrom(1), false),
        convolvingOf(kind, [1, 8, 16, 32], halving(14), drawsFrom(2), true),
        convolvingOf(kind, [1, 64, 1, 4], halving(28), drawsFrom(3), true)
      ].map((layer, i) => trialOf(`layer ${String(i)}`, layer, options))
      const { results, executor } = await runInPipeline(mode, layers, { threads })
      if (mode === 'webasm') expect(executor).not.toBe('generic')
      layers.forEach((trial, i) => check(trial, results[i]!, 3e-6))
    })
  })
})

describe('a convolution', () => {
  const oneAxis = (input: number, output: number, stride: number, kernel: number): Convolution => ({
    stride: [stride],
    low: [0],
    dilation: [1],
    input: [input],
    kernel: [kernel],
    output: [output]
  })
  const d = drawsFrom(0)
  const launchesOf = (kind: Kind, extents: Extents, params: Convolution) =>
    trialOf(kind, convolvingOf(kind, extents, params, d, false), {}).launches

  it('reads an image as it lies where nothing outside is reached, and a copy with margins elsewhere', () => {
    expect(launchesOf('conv', [1, 2, 3, 4], oneAxis(9, 7, 1, 3)).length).toBe(1)
    expect(launchesOf('conv', [1, 2, 3, 4], oneAxis(9, 8, 1, 3)).length).toBe(2)
  })

  it('in its image visits only the taps that reach a pixel', () => {
    // Of four taps at stride 2 each pixel meets two: products of two of them for each of three filters.
    const [, sums] = launchesOf('convInputGradient', [1, 2, 1, 3], oneAxis(16, 7, 2, 4))
    expect(sums!.kernel.source.match(/ \* a|\] \* /g)?.length).toBe(6)
  })

  it('does not print what is empty, or reaches farther than floats count', () => {
    const printed = (extents: Extents, params: Convolution) => {
      const [x, w, y] = shapesOf('conv', extents, params)
      const reads = [x, w].map((shape, buffer) => ({ buffer, shape }))
      const buffers = [x, w, y].map((shape) => ({ dtype: 'float32', size: sizeOf(shape), role: { kind: 'temporary' } }) as const) // prettier-ignore
      return printKernel({ kind: 'conv', params, result: y, epilogue: plain, reads, writes: [2], primitives: [] }, openSite(buffers).site) // prettier-ignore
    }
    expect(printed([1, 1, 0, 1], oneAxis(3, 3, 1, 1))).toMatchObject({ left: { reason: 'size' } })
    expect(printed([1, 1, 1, 1], oneAxis(2 ** 24, 2 ** 24, 1, 2))).toMatchObject({ left: { reason: 'size' } })
    expect(printed([1, 1, 1, 1], oneAxis(2 ** 24, 2 ** 24 - 2, 1, 2))).toMatchObject({ _tag: 'Right' })
  })
})

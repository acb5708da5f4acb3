/** Schedules of small programs, whose best ones are known: which kernels, what they write, in how many levels. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { restride } from '../../../src/compiler/fuse/layout.ts'
import { optimize } from '../../../src/compiler/rewrite/optimize.ts'
import type { ScheduleProgramOptions } from '../../../src/compiler/scheduleProgram.ts'
import { schedule } from '../../../src/compiler/scheduleProgram.ts'
import { cumsum, sort, take } from '../../../src/index.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import type { Shape } from '../../../src/tensor/shape.ts'
import { sizeOf, stridesOf } from '../../../src/tensor/shape.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { vjp } from '../../../src/transform/vjp.ts'
import { traced } from '../../support/traced.ts'

type Values = Tensor | readonly Tensor[]
const dot = (a: Tensor, b: Tensor): Tensor => o.dotGeneral(a, b, { contract: [[1], [0]], batch: [[], []] })
const dots = (f: (y: Tensor, ...xs: Tensor[]) => Values): ((...xs: Tensor[]) => Values) => (a, b, ...xs) => f(dot(a, b), ...xs) // prettier-ignore
const square = [[8, 8], [8, 8]] as const // prettier-ignore
const sum = (x: Tensor, axis: number): Tensor => o.reduceSum(x, [axis])

const ties = (x: Tensor, y = x): Tensor => o.compare(y, o.broadcastInDim(o.reduceMax(x, [0]), y.shape, []), 'eq')
const lowest = (x: Tensor): Tensor => {
  const least = o.neg(o.reduceMax(o.neg(x), [1]))
  return o.compare(o.transpose(x, [1, 0]), o.broadcastInDim(least, [8, 9], [1]), 'le')
}

type Case = readonly [
  what: string,
  shapes: readonly Shape[],
  f: (...xs: Tensor[]) => Values,
  kernels: string,
  options?: ScheduleProgramOptions
]

/** Each kernel as its kind and the number of buffers that it writes; levels are parted by bars. */
const cases: readonly Case[] = [
  ['maps of few elements go together', [[8], [8]], (x, y) => [o.exp(x), o.sin(y)], 'loops 2'],
  ['up to 64', [[64], [64]], (x, y) => [o.exp(x), o.sin(y)], 'loops 2'],
  ['not maps of more', [[65], [65]], (x, y) => [o.exp(x), o.sin(y)], 'loops 1, loops 1'],
  ['unless they read the same', [[65]], (x) => [o.exp(x), o.sin(x)], 'loops 2'],
  ['nor maps over other domains', [[8], [9]], (x, y) => [o.exp(x), o.sin(y)], 'loops 1, loops 1'],
  ['nor where a kernel has one output', [[8], [8]], (x, y) => [o.exp(x), o.sin(y)], 'loops 1, loops 1', { multipleOutputs: false }], // prettier-ignore
  [
    'sums of one extent go together',
    [
      [80, 4],
      [80, 4]
    ],
    (x, y) => [sum(x, 0), sum(y, 0)],
    'loops 2'
  ],
  [
    'not sums of two',
    [
      [80, 4],
      [60, 4]
    ],
    (x, y) => [sum(x, 0), sum(y, 0)],
    'loops 1, loops 1'
  ],
  ['nor a sum and a maximum', [[80, 4]], (x) => [sum(x, 0), o.reduceMax(x, [0])], 'loops 1, loops 1'],
  ['a map behind a map is one', [[99]], (x) => [o.exp(x), o.sin(o.exp(x))], 'loops 2'],
  [
    'what is compared with its maximum is computed anew',
    [[99], [99]],
    (x, y) => ties(o.add(o.mul(x, y), 1)),
    'loops 1 | loops 1'
  ],
  [
    'but stored where that may round otherwise',
    [[99], [99]],
    (x, y) => ties(o.add(o.mul(x, y), 1)),
    'loops 1 | loops 1 | loops 1',
    { contracts: true }
  ],
  [
    'its minimum, a row, a view likewise',
    [
      [9, 8],
      [9, 8]
    ],
    (x, y) => lowest(o.mul(x, y)),
    'loops 1 | loops 1 | loops 1',
    { contracts: true }
  ],
  [
    'nothing else is',
    [[99], [99]],
    (x, y) => ties(o.mul(x, y), o.mul(o.mul(x, x), y)),
    'loops 1 | loops 1',
    { contracts: true }
  ],
  ['nor an input', [[99]], (x) => ties(x), 'loops 1 | loops 1', { contracts: true }],
  ['what no other needs is not written', [[99]], (x) => o.sin(o.exp(x)), 'loops 1'],
  ['a sum of a sum waits', [[9, 70], [70]], (x, y) => o.add(sum(x, 0), o.exp(y)), 'loops 1 | loops 1'],
  ['a map of a product comes behind it', square, dots((y) => o.exp(y)), 'contraction 1'],
  ['where the product is wanted, too, both are written', square, dots((y) => [y, o.exp(y)]), 'contraction 2'],
  ['or it waits', square, dots((y) => [y, o.exp(y)]), 'contraction 1 | loops 1', { multipleOutputs: false }],
  ['and where nothing comes behind', square, dots((y) => o.exp(y)), 'contraction 1 | loops 1', { epilogues: false }],
  ['what reads elsewhere waits', square, dots((y) => o.add(y, o.reverse(y, [1]))), 'contraction 1 | loops 1'],
  ['a sum of a product waits', square, dots((y) => sum(y, 0)), 'contraction 1 | loops 1'],
  ['an int32 of a product waits', square, dots((y) => o.convert(y, 'int32')), 'contraction 1 | loops 1'],
  ['masks inside a float32 do not', square, dots((y) => o.select(o.compare(y, 0, 'gt'), y, 0)), 'contraction 1'],
  ['a column beside a product does not', [...square, [8]], dots((y, b) => o.add(y, o.broadcastInDim(b, [8, 8], [0]))), 'contraction 1'], // prettier-ignore
  ['a transposed one does not', [...square, [8, 8]], dots((y, z) => o.add(y, o.transpose(z, [1, 0]))), 'contraction 1'], // prettier-ignore
  ['one read backwards waits', [...square, [8, 8]], dots((y, z) => o.mul(y, o.reverse(z, [1]))), 'contraction 1 | loops 1'], // prettier-ignore
  ['what comes before a product is written first', square, (x, y) => dot(o.exp(x), y), 'loops 1 | contraction 1'],
  ['running sums', [[4, 5, 6]], (x) => cumsum(x, { axis: 1 }), 'cumulativeSum 1'],
  ['sorting', [[9]], (x) => sort(x), 'routine 1 | loops 1']
]

const shown = (made: ReturnType<typeof schedule>): string =>
  made.levels
    .map((level) => level.map((k) => `${made.kernels[k]!.kind} ${String(made.kernels[k]!.writes.length)}`).join(', '))
    .join(' | ')

describe('a schedule', () => {
  it.for(cases)('%s', ([, shapes, f, kernels, options]) => {
    expect(shown(schedule(optimize(traced(shapes, f)), options))).toBe(kernels)
  })

  it.for([4, 5, 6, 7, 9])('reads and writes no more than %d buffers a kernel', (maxOperands) => {
    const shapes = Array.from({ length: 12 }, () => [99])
    const whole = schedule(traced(shapes, (...xs) => xs.reduce((a, b) => o.add(o.mul(a, b), b))), { maxOperands }) // prettier-ignore
    const outputs = schedule(traced([[99]], (x) => [1, 2, 3, 4, 5, 6, 7, 8].map((n) => o.sin(o.mul(x, n)))), { maxOperands }) // prettier-ignore
    for (const { kernels } of [whole, outputs]) {
      for (const { reads, writes } of kernels) expect(reads.length + writes.length).toBeLessThanOrEqual(maxOperands)
      expect(Math.max(...kernels.map(({ reads, writes }) => reads.length + writes.length))).toBe(maxOperands)
    }
  })

  it('gives routines the extents of what they work on', () => {
    const sums = schedule(traced([[4, 5, 6, 7]], (x) => cumsum(x, { axis: 2 }))).kernels
    expect(sums).toMatchObject([{ kind: 'cumulativeSum', blocks: 20, extent: 6, inner: 7 }])
    const f = (x: Tensor, g: Tensor): Tensor => vjp((y: Tensor) => take(y, [1, 1, 8]), x)[1](g)[0]
    const scattered = schedule(optimize(traced([[9, 5], [3, 5]], f))).kernels // prettier-ignore
    expect(scattered.at(-1)).toMatchObject({ kind: 'scatterAdd', batches: 1, rows: 9, picked: 3, size: 5, base: 0 })
  })
})

describe('strides under another shape', () => {
  const offsets = (shape: Shape, strides: readonly number[]): readonly number[] =>
    Array.from({ length: sizeOf(shape) }, (_, n) =>
      stridesOf(shape).reduce((sum, own, i) => sum + (Math.floor(n / own) % shape[i]!) * strides[i]!, 0)
    )
  const factors = fc.array(fc.constantFrom(1, 2, 3), { minLength: 1, maxLength: 4 })
  const grouped = (extents: readonly number[], cuts: readonly boolean[]): Shape =>
    extents.reduce<number[]>(
      (shape, n, i) => (i > 0 && cuts[i]! ? shape.with(-1, shape.at(-1)! * n) : [...shape, n]),
      []
    )
  it('read the same elements wherever strides can say it', () => {
    const cuts = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 })
    const axes = fc.array(fc.constantFrom(0, 1, 2, 3, 6, 9), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(factors, cuts, cuts, axes, fc.boolean(), (extents, some, others, own, rowMajor) => {
        const [shape, to] = [grouped(extents, some), grouped(extents, others)]
        const strides = rowMajor ? stridesOf(shape) : shape.map((_, i) => own[i]!)
        const expected = offsets(shape, strides)
        const strided = stridesOf(to).map((n, i) => (to[i] === 1 ? 0 : expected[n]!))
        const exists = offsets(to, strided).join() === expected.join()
        const found = restride(shape, strides, to)
        expect(found !== undefined).toBe(exists)
        if (found !== undefined) expect(offsets(to, found)).toEqual(expected)
      })
    )
  })
})

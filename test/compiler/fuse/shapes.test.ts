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

const batched = (a: Tensor, b: Tensor): Tensor => o.dotGeneral(a, b, { contract: [[2], [1]], batch: [[0], [0]] })
const repeated = (x: Tensor, shape: Shape): Tensor => o.broadcastInDim(x, shape, [0])
const rows = (x: Tensor, ys: readonly Tensor[]): Tensor =>
  ys.reduce((a, b) => o.mul(a, o.broadcastInDim(b, [128, 96], [1])), o.broadcastInDim(x, [128, 96], [1]))
const reversed = (x: Tensor): Values => [x, o.reverse(x, [0])]
const bothWays = (x: Tensor, y: Tensor): Values => [o.sub(x, y), o.sub(y, x)]
const powers = (x: Tensor, y: Tensor, n: number): Tensor => Array.from({ length: n }).reduce<Tensor>((z) => dot(z, y), x) // prettier-ignore
const chain = (x: Tensor, n: number): Tensor => Array.from({ length: n }).reduce<Tensor>((y) => o.add(o.abs(y), x), x)
const windows = (x: Tensor, n: number): Tensor =>
  Array.from({ length: n }, (_, i) => o.slice(x, [i], [i + 10])).reduce((a, b) => o.mul(a, b))
/** Three kernels that read a value: its sums along either axis, and its maxima. */
const margins = (x: Tensor): Values => [sum(x, 0), sum(x, 1), o.reduceMax(x, [0])]
const large = Array.from({ length: 6 }, () => [128, 96])

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
  ['and so does an operand read backwards', square, (x, y) => dot(o.reverse(x, [1]), y), 'loops 1 | contraction 1'],
  ['not one of which a part is read', [[8, 9], [8, 8]], (x, y) => dot(o.slice(x, [0, 1], [8, 9]), y), 'contraction 1'], // prettier-ignore
  ['nor one that is repeated', [[4, 5], [3, 5, 6]], (x, y) => batched(o.broadcastInDim(x, [3, 4, 5], [1, 2]), y), 'contraction 1'], // prettier-ignore
  ['a map of a map, read elsewhere, waits', [[99]], (x) => reversed(o.exp(x)), 'loops 1 | loops 1'],
  ['sums of two products wait for both', [...square, [8, 8]], (x, y, z) => bothWays(dot(x, y), dot(x, z)), 'contraction 1, contraction 1 | loops 2'], // prettier-ignore
  ['a product read once takes what comes behind', square, dots((y) => o.exp(y)), 'contraction 1', { multipleOutputs: false }], // prettier-ignore
  ['bodies may be as deep as is allowed', [[99]], (x) => [o.exp(x), o.sin(o.exp(x))], 'loops 2', { maxDepth: 2 }],
  ['not deeper', [[99]], (x) => [o.exp(x), o.sin(o.exp(x))], 'loops 1 | loops 1', { maxDepth: 1 }],
  ['a product adds no depth', square, dots((y) => o.sin(o.exp(y))), 'contraction 1', { maxDepth: 2 }],
  ['the deepest operand of a body that is too deep is stored', [[99], [99]], (x, y) => o.add(chain(x, 2), o.exp(y)), 'loops 1 | loops 1', { maxDepth: 4 }], // prettier-ignore
  ['results wait for others that read the same', [[8, 9]], (x) => [o.mul(x, repeated(sum(x, 1), [8, 9])), o.tanh(x)], 'loops 1 | loops 2'], // prettier-ignore
  ['what a kernel reads does not', [[9, 9], [9, 9]], (x, w) => [dot(o.mul(x, repeated(sum(x, 1), [9, 9])), w), dot(o.tanh(x), w)], 'loops 1, loops 1 | loops 1, contraction 1 | contraction 1'], // prettier-ignore
  ['what takes memory comes late', [...square, [8, 8]], (x, y, z) => dot(powers(x, y, 2), o.tanh(z)), 'contraction 1 | contraction 1, loops 1 | contraction 1'], // prettier-ignore
  ['what frees as much as it takes comes early', square, (x, y) => dot(powers(x, y, 3), o.tanh(dot(y, x))), 'contraction 1, contraction 1 | contraction 1, loops 1 | contraction 1 | contraction 1', { epilogues: false }], // prettier-ignore
  ['an update waits until all have read what it replaces', [[8, 8], [8, 8], [9, 8, 8]], (p, x, t) => [o.sub(p, sum(t, 0)), dot(dot(powers(x, x, 2), p), x)], 'loops 1, contraction 1 | contraction 1 | contraction 1 | loops 1, contraction 1', { carry: 1 }], // prettier-ignore
  ['a sum of large operands, read thrice, is stored', large, (...xs) => margins(xs.reduce((a, b) => o.add(a, b))), 'loops 1 | loops 1, loops 1, loops 1'], // prettier-ignore
  ['one of small operands is computed anew', [[96], [96], [96]], (x, ...ys) => margins(rows(x, ys)), 'loops 1, loops 1, loops 1'], // prettier-ignore
  ['a small value that a larger one repeats is stored', [[999, 16], [16]], (x, y) => o.mul(x, o.broadcastInDim(o.exp(y), [999, 16], [1])), 'loops 1 | loops 1'], // prettier-ignore
  ['a long value that many views show is stored', [[50]], (x) => windows(chain(x, 30), 40), 'loops 1 | loops 1'],
  ['not one that few do', [[50]], (x) => windows(chain(x, 30), 3), 'loops 1'],
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

  it('stores the user of a value, not the value, where it is no larger', () => {
    const { kernels } = schedule(optimize(traced([[128, 96]], (x) => margins(o.neg(o.exp(x))))))
    expect(kernels.map(({ primitives }) => primitives.filter((name) => name === 'exp' || name === 'neg'))).toEqual([
      ['exp', 'neg'],
      [],
      [],
      []
    ])
  })

  it('reads a part of an operand at strides of the whole', () => {
    const part = (x: Tensor): Tensor => o.slice(x, [0, 1], [8, 9])
    const { kernels } = schedule(traced([[8, 9], [8, 8]], (x, y) => dot(part(x), y))) // prettier-ignore
    expect(kernels).toMatchObject([{ a: { start: 1, strides: { row: 9, column: 1 } } }])
  })

  it.for([
    [
      [8, 0],
      [0, 8]
    ],
    [
      [0, 8],
      [8, 8]
    ]
  ])('makes no contraction of operands without elements: %j', (shapes) => {
    // prettier-ignore
    const { kernels } = schedule(traced(shapes, (x, y) => dot(x, y)))
    expect(kernels.map(({ kind }) => kind)).not.toContain('contraction')
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

import { describe, expect, it } from 'vitest'
import { optimize } from '../../../src/compiler/rewrite/optimize.ts'
import { leakyRelu } from '../../../src/index.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import { countNodes } from '../../../src/program/program.ts'
import { checkpoint } from '../../../src/transform/checkpoint.ts'
import { customJvp } from '../../../src/transform/customJvp.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { drawsFrom, drawTensor } from '../../support/draws.ts'
import { evaluateWide, expectClose } from '../../support/scheduled.ts'
import { traced } from '../../support/traced.ts'

type Case = readonly [
  what: string,
  shapes: readonly (readonly number[])[],
  f: (...xs: Tensor[]) => Tensor | readonly Tensor[],
  after: Readonly<Record<string, number>>
]

const dot = (a: Tensor, b: Tensor, left: number, right: number): Tensor =>
  o.dotGeneral(a, b, { contract: [[left], [right]], batch: [[], []] })
const twice = customJvp(
  (x: Tensor) => o.mul(x, 2),
  (_, [dx]) => o.mul(dx, 2)
)

/** What is left of a program, literals and shapes aside. */
const cases: readonly Case[] = [
  [
    'what stopGradient held apart becomes one',
    [[3]],
    (x) => o.mul(o.exp(x), o.exp(o.stopGradient(x))),
    { exp: 1, mul: 1 }
  ],
  [
    'so does what a custom rule held apart',
    [[3]],
    (x) => o.mul(o.exp(twice(x)), o.exp(o.mul(x, 2))),
    { exp: 1, mul: 2 }
  ],
  ['numbers alone are computed', [[3]], (x) => o.mul(x, o.exp(o.full([3], 2))), { mul: 1 }],
  [
    'and small constants',
    [[2]],
    (x) => o.mul(x, o.exp({ shape: [2], dtype: 'float32', data: Float32Array.of(1, 2) })),
    { mul: 1, constant: 1 }
  ],
  ['a sum with a negative is a difference', [[3], [3]], (x, y) => o.add(x, o.neg(y)), { sub: 1 }],
  ['scales meet', [[3]], (x) => o.neg(o.mul(o.mul(x, 3), 5)), { mul: 1 }],
  ['a cube is two products', [[3]], (x) => o.pow(x, o.full([3], 3)), { mul: 2 }],
  ['a fourth power is a square of a square', [[3]], (x) => o.pow(x, o.full([3], 4)), { mul: 2 }],
  ['a power of -1 is a quotient', [[3]], (x) => o.pow(x, o.full([3], -1)), { div: 1 }],
  ['other powers stay', [[3]], (x) => o.pow(x, o.full([3], 5)), { pow: 1 }],
  ['halves are exact', [[3]], (x) => o.div(x, 4), { mul: 1 }],
  ['thirds are not', [[3]], (x) => o.div(x, 3), { div: 1 }],
  [
    'a sum of what is repeated is a multiple',
    [[3]],
    (x) => o.reduceSum(o.broadcastInDim(x, [5, 3], [1]), [0]),
    { mul: 1 }
  ],
  ['of one axis of two', [[3]], (x) => o.reduceSum(o.broadcastInDim(x, [5, 3], [1]), [0, 1]), { mul: 1, reduceSum: 1 }],
  ['a maximum of what is repeated is its own', [[3]], (x) => o.reduceMax(o.broadcastInDim(x, [5, 3], [1]), [0]), {}],
  ['sums of sums are one', [[3, 4]], (x) => o.reduceSum(o.reduceSum(x, [0]), [0]), { reduceSum: 1 }],
  ['sums do not mind transposition', [[3, 4]], (x) => o.reduceSum(o.transpose(x, [1, 0]), [0]), { reduceSum: 1 }],
  [
    'one contracted element is a product',
    [
      [3, 1],
      [1, 4]
    ],
    (x, y) => dot(x, y, 1, 0),
    { mul: 1 }
  ],
  [
    'one row and one column are a sum',
    [
      [1, 5],
      [5, 1]
    ],
    (x, y) => dot(x, y, 1, 0),
    { mul: 1, reduceSum: 1 }
  ],
  ['a product with ones is a sum', [[3, 4]], (x) => dot(o.full([2, 3], 1), x, 1, 0), { reduceSum: 1 }],
  [
    'a transposed operand is another axis',
    [
      [3, 4],
      [5, 4]
    ],
    (x, y) => dot(x, o.transpose(y, [1, 0]), 1, 0),
    { dotGeneral: 1 }
  ],
  [
    'a transposed product is one the other way',
    [
      [3, 4],
      [4, 5]
    ],
    (x, y) => o.transpose(dot(x, y, 1, 0), [1, 0]),
    { dotGeneral: 1 }
  ],
  [
    'signs come after products, scales do not',
    [
      [3, 4],
      [4, 5]
    ],
    (x, y) => dot(o.mul(x, 3), o.neg(y), 1, 0),
    { dotGeneral: 1, mul: 1, neg: 1 }
  ],
  ['axes of one element move freely', [[3, 1, 4]], (x) => o.transpose(x, [1, 0, 2]), { reshape: 1 }],
  [
    'a slice of one part is that part',
    [
      [2, 3],
      [4, 3]
    ],
    (x, y) => o.slice(o.concat([x, y], 0), [2, 0], [6, 3]),
    {}
  ],
  [
    'a slice of what is repeated repeats less',
    [[3]],
    (x) => o.exp(o.slice(o.broadcastInDim(x, [9, 3], [1]), [2, 0], [3, 3])),
    { exp: 1 }
  ],
  [
    'reshapes come after activations',
    [[2, 3, 4]],
    (x) => leakyRelu(o.reshape(o.exp(x), [2, 12]), 0.2),
    { exp: 1, compare: 1, mul: 1, select: 1, reshape: 1 }
  ],
  [
    'the two runs of a checkpoint stay two',
    [[3]],
    (x) => [checkpoint(o.exp)(x), o.exp(o.mul(x, 2))],
    { exp: 2, mul: 1 }
  ],
  [
    'a transposition that orders rows anew stays',
    [
      [2, 3, 4],
      [4, 5]
    ],
    (x, y) => o.dotGeneral(o.transpose(x, [1, 0, 2]), y, { contract: [[2], [0]], batch: [[], []] }),
    { transpose: 1, dotGeneral: 1 }
  ],
  ['long sums take two steps', [[64, 512]], (x) => o.reduceSum(x, [0, 1]), { reduceSum: 2 }],
  ['flat ones too', [[64 * 512]], (x) => o.reduceSum(x, [0]), { reduceSum: 2, reshape: 1 }]
]

const ignored: ReadonlySet<string> = new Set(['literal', 'broadcastInDim'])

describe('optimizing', () => {
  it.for(cases)('%s', ([, shapes, f, after]) => {
    const d = drawsFrom(1)
    const program = traced(shapes, f)
    const inputs = shapes.map((shape) => drawTensor(shape, () => d.real(-1, 1)).data)
    const best = optimize(program)
    const left = Object.entries(countNodes(best)).filter(
      ([name]) => !ignored.has(name) && !(name === 'reshape' && after[name] === undefined)
    )
    expect(Object.fromEntries(left)).toEqual(after)
    expectClose('optimize', evaluateWide(best, inputs), evaluateWide(program, inputs), program)
  })

  it('keeps a large constant as it is', () => {
    const data = new Float32Array(1000).map((_, i) => i)
    const program = traced([[1000]], (x) => o.mul(x, o.exp({ shape: [1000], dtype: 'float32', data })))
    expect(countNodes(optimize(program))['exp']).toBe(1)
  })
})

import { describe, expect, it } from 'vitest'
import { narrowConcat } from '../../../src/compiler/rewrite/narrowConcat.ts'
import { optimize } from '../../../src/compiler/rewrite/optimize.ts'
import { rewriting } from '../../../src/compiler/rewrite/rewrite.ts'
import { leakyRelu } from '../../../src/index.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import { countNodes, nodesOf } from '../../../src/program/program.ts'
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
const numbers = (size: number, by: number): Tensor => ({
  shape: [size],
  dtype: 'float32',
  data: Float32Array.from({ length: size }, (_, i) => i * by)
})
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
  [
    'what is repeated is contracted once',
    [
      [6, 4],
      [4, 5]
    ],
    (x, y) => o.exp(dot(o.broadcastInDim(x, [6, 2, 4], [0, 2]), o.sin(y), 2, 0)),
    { sin: 1, dotGeneral: 1, exp: 1 }
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
  [
    'numbers alone are computed, however often they are repeated',
    [[1000]],
    (x) => o.mul(x, o.exp(o.full([1000], 2))),
    { mul: 1 }
  ],
  [
    'constants that would grow are put together later',
    [[400]],
    (x) => o.mul(x, o.concat([numbers(200, 1), numbers(200, 2)], 0)),
    { mul: 1, concat: 1, constant: 2 }
  ],
  ['a negative with a sum is a difference', [[3], [3]], (x, y) => o.add(o.neg(x), y), { sub: 1 }],
  [
    'a transposition of what is repeated is another repetition',
    [[2, 3]],
    (x) => o.exp(o.transpose(o.broadcastInDim(x, [2, 3, 4], [0, 1]), [2, 0, 1])),
    { exp: 1 }
  ],
  [
    'it turns what it repeats',
    [[2, 3]],
    (x) => o.exp(o.transpose(o.broadcastInDim(x, [2, 3, 4], [0, 1]), [1, 2, 0])),
    { exp: 1, transpose: 1 }
  ],
  [
    'a slice across parts stays',
    [
      [2, 3],
      [4, 3]
    ],
    (x, y) => o.slice(o.concat([x, y], 0), [1, 0], [4, 3]),
    { concat: 1, slice: 1 }
  ],
  [
    'axes that stay in order are renamed together',
    [
      [3, 4],
      [4, 5, 6]
    ],
    (x, y) => dot(x, o.transpose(y, [1, 2, 0]), 1, 2),
    { dotGeneral: 1 }
  ],
  [
    'a sum is no scale',
    [
      [3, 4],
      [4, 5]
    ],
    (x, y) => dot(o.add(x, 3), y, 1, 0),
    { add: 1, dotGeneral: 1 }
  ],
  [
    'rows of several axes change places with columns',
    [
      [3, 2, 4],
      [4, 5]
    ],
    (x, y) => o.transpose(dot(x, y, 2, 0), [2, 0, 1]),
    { dotGeneral: 1 }
  ],
  [
    'sums of a transposition are over its own axes, in order',
    [[2, 3, 4]],
    (x) => o.reduceSum(o.transpose(x, [2, 1, 0]), [0, 1]),
    { reduceSum: 1 }
  ],
  ['a sum of sums with a number stays', [[3, 4]], (x) => o.reduceSum(o.add(x, 3), [0]), { add: 1, reduceSum: 1 }],
  ['long sums take two steps', [[64, 512]], (x) => o.reduceSum(x, [0, 1]), { reduceSum: 2 }],
  ['flat ones too', [[64 * 512]], (x) => o.reduceSum(x, [0]), { reduceSum: 2, reshape: 1 }],
  ['long sums to many numbers take one', [[64, 512]], (x) => o.reduceSum(x, [0]), { reduceSum: 1 }],
  ['sums of fewer numbers, too', [[16383]], (x) => o.reduceSum(x, [0]), { reduceSum: 1 }],
  ['and those of which no parts are equal', [[16411]], (x) => o.reduceSum(x, [0]), { reduceSum: 1 }],
  ['long maxima take two steps', [[64, 512]], (x) => o.reduceMax(x, [0, 1]), { reduceMax: 2 }],
  [
    'numbers held apart are computed, however often they are repeated',
    [[1000]],
    (x) => o.mul(x, o.exp(o.stopGradient(o.full([1000], 2)))),
    { mul: 1 }
  ],
  [
    'small constants are put together',
    [[4]],
    (x) => o.mul(x, o.concat([numbers(2, 1), numbers(2, 2)], 0)),
    { mul: 1, constant: 1 }
  ],
  [
    'what is cut to nothing is no constant',
    [[0]],
    (x) => o.mul(x, o.slice(numbers(3, 1), [0], [0])),
    { mul: 1, slice: 1, constant: 1 }
  ],
  ['a small negative scale is one', [[3]], (x) => o.mul(o.stopGradient(o.neg(x)), 0.5), { mul: 1 }],
  ['a large one, too', [[3]], (x) => o.mul(o.stopGradient(o.neg(x)), 3), { mul: 1 }],
  ['a scale negated is one', [[3]], (x) => o.neg(o.stopGradient(o.mul(x, 0.5))), { mul: 1 }],
  ['a scale that comes first is one', [[3]], (x) => o.mul(o.stopGradient(o.mul(o.full([3], 3), x)), 5), { mul: 1 }],
  ['scales that pass 1 stay two', [[3]], (x) => o.mul(o.mul(x, 0.3), 5), { mul: 2 }],
  ['a difference with a negative is a sum', [[3], [3]], (x, y) => o.sub(x, o.stopGradient(o.neg(y))), { add: 1 }],
  [
    'a product of negatives has none',
    [[3], [3]],
    (x, y) => o.mul(o.stopGradient(o.neg(x)), o.stopGradient(o.neg(y))),
    { mul: 1 }
  ],
  ['a sum with itself is a product', [[3]], (x) => o.add(x, o.stopGradient(x)), { mul: 1 }],
  ['a product with -1 is a negative', [[3]], (x) => o.mul(x, o.stopGradient(o.full([3], -1))), { neg: 1 }]
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

  it.for<readonly [what: string, product: readonly number[], shapes: Case[1], f: Case[2]]>([
    [
      'rows',
      [3, 5],
      [
        [3, 4],
        [4, 5]
      ],
      (x, y) => o.dotGeneral(o.broadcastInDim(x, [3, 2, 4, 6], [0, 2]), y, { contract: [[2], [0]], batch: [[], []] })
    ],
    [
      'columns of one element',
      [2, 3, 5],
      [
        [2, 3, 4],
        [2, 1, 4, 5]
      ],
      (x, y) =>
        o.dotGeneral(x, o.broadcastInDim(y, [2, 7, 4, 5], [0, 1, 2, 3]), { contract: [[2], [2]], batch: [[0], [0]] })
    ],
    [
      'rows and columns',
      [2, 3],
      [
        [2, 4],
        [4, 3]
      ],
      (x, y) =>
        o.dotGeneral(o.broadcastInDim(x, [5, 2, 4], [1, 2]), o.broadcastInDim(y, [4, 3, 6], [0, 1]), {
          contract: [[2], [0]],
          batch: [[], []]
        })
    ],
    [
      'not what is contracted or paired',
      [2, 3, 5],
      [
        [3, 4],
        [2, 5]
      ],
      (x, y) =>
        o.dotGeneral(o.broadcastInDim(x, [2, 3, 4], [1, 2]), o.broadcastInDim(y, [2, 4, 5], [0, 2]), {
          contract: [[2], [1]],
          batch: [[0], [0]]
        })
    ]
  ])('contracts before it repeats: %s', ([, product, shapes, f]) => {
    const d = drawsFrom(1)
    const program = traced(shapes, f)
    const inputs = shapes.map((shape) => drawTensor(shape, () => d.real(-1, 1)).data)
    const best = optimize(program)
    const products = nodesOf(best.outputs).filter(({ primitive }) => primitive.name === 'dotGeneral')
    expect(products.map(({ shape }) => shape)).toEqual([product])
    expectClose('optimize', evaluateWide(best, inputs), evaluateWide(program, inputs), program)
  })

  it('keeps a large constant as it is', () => {
    const data = new Float32Array(1000).map((_, i) => i)
    const program = traced([[1000]], (x) => o.mul(x, o.exp({ shape: [1000], dtype: 'float32', data })))
    expect(countNodes(optimize(program))['exp']).toBe(1)
  })

  it.for<readonly [what: string, last: string, shapes: Case[1], f: Case[2]]>([
    ['a reshape that merges axes', 'reshape', [[2, 3, 4]], (x) => o.exp(o.reshape(o.sin(x), [2, 12]))],
    ['one before a product with a number', 'reshape', [[2, 3, 4]], (x) => o.mul(o.reshape(o.sin(x), [2, 12]), 3)],
    [
      'one of both operands',
      'reshape',
      [
        [2, 3, 4],
        [2, 3, 4]
      ],
      (x, y) => o.sub(o.reshape(o.sin(x), [2, 12]), o.reshape(o.cos(y), [2, 12]))
    ],
    [
      'not one of operands that were of different shapes',
      'sub',
      [
        [2, 3, 4],
        [2, 4, 3]
      ],
      (x, y) => o.sub(o.reshape(o.sin(x), [2, 12]), o.reshape(o.cos(y), [2, 12]))
    ],
    [
      'a sign, behind a product',
      'neg',
      [
        [3, 4],
        [4, 5]
      ],
      (x, y) => dot(x, o.neg(o.sin(y)), 1, 0)
    ],
    ['a sign on its left', 'neg', [[3, 4], [4, 5]], (x, y) => dot(o.neg(o.sin(x)), y, 1, 0)], // prettier-ignore
    ['not where an operand is no reshape', 'sub', [[2, 3, 4], [2, 12]], (x, y) => o.sub(o.reshape(o.sin(x), [2, 12]), y)] // prettier-ignore
  ])('puts last %s', ([, last, shapes, f]) => {
    const d = drawsFrom(1)
    const program = traced(shapes, f)
    const inputs = shapes.map((shape) => drawTensor(shape, () => d.real(-1, 1)).data)
    const best = optimize(program)
    expect(best.outputs[0]!.primitive.name).toBe(last)
    expectClose('optimize', evaluateWide(best, inputs), evaluateWide(program, inputs), program)
  })

  it('folds constants of up to 256 elements', () => {
    for (const [size, left] of [
      [256, 0],
      [257, 1]
    ] as const) {
      const program = traced([[size]], (x) => o.mul(x, o.exp(numbers(size, 1e-3))))
      expect(countNodes(optimize(program))['exp'] ?? 0).toBe(left)
    }
  })

  it('puts the number of a product behind what it scales, and nothing else', () => {
    const three = traced([[3]], (x) => o.mul(o.stopGradient(o.full([3], 3)), x))
    const operandsOf = (program: typeof three): readonly string[] =>
      optimize(program).outputs[0]!.operands.map(
        ({ primitive, params }) => (params['label'] as string | undefined) ?? primitive.name
      )
    expect(operandsOf(three)).toEqual(['argument 0 of traced', 'broadcastInDim'])
    const two = traced([[3], [3]], (x, y) => o.mul(o.sin(x), o.cos(y)))
    expect(operandsOf(two)).toEqual(['sin', 'cos'])
  })

  it('lets a constant have another axis of 1', () => {
    const program = traced([[1, 2]], (x) => o.mul(x, o.broadcastInDim(numbers(2, 5), [1, 2], [1])))
    const constants = nodesOf(optimize(program).outputs).filter(({ primitive }) => primitive.name === 'constant')
    expect(constants.map(({ shape }) => shape)).toEqual([[1, 2]])
  })

  it('does not repeat a constant', () => {
    const program = traced([[3, 2]], (x) => o.mul(x, o.broadcastInDim(numbers(2, 5), [3, 2], [1])))
    const constants = nodesOf(optimize(program).outputs).filter(({ primitive }) => primitive.name === 'constant')
    expect(constants.map(({ shape }) => shape)).toEqual([[2]])
  })

  it.for<readonly [shapes: Case[1], f: Case[2]]>([
    [
      [
        [3, 0],
        [0, 4]
      ],
      (x, y) => dot(x, y, 1, 0)
    ],
    [
      [
        [0, 3],
        [3, 4]
      ],
      (x, y) => dot(x, y, 1, 0)
    ],
    [[[3]], (x) => o.reduceMax(o.broadcastInDim(x, [0, 3], [1]), [0])],
    [[[3]], (x) => o.reduceSum(o.broadcastInDim(x, [0, 3], [1]), [0])],
    [[[3]], (x) => o.reduceMax(o.broadcastInDim(x, [0, 3], [1]), [1])]
  ])('keeps what is made of nothing: %j', ([shapes, f]) => {
    const program = traced(shapes, f)
    const inputs = shapes.map((shape) => drawTensor(shape, () => 1).data)
    expect(evaluateWide(optimize(program), inputs)).toEqual(evaluateWide(program, inputs))
    expect(countNodes(optimize(program))['dotGeneral']).toBeUndefined()
  })
})

describe('narrowing concats', () => {
  it.for([
    [2, 3],
    [2, 9],
    [3, 10],
    [3, 28],
    [4, 4],
    [4, 5]
  ])('to %d operands keeps %d parts in order', ([most, parts]) => {
    const program = traced(Array.from({ length: parts! }, () => [2, 1]), (...xs) => o.concat(xs, 1)) // prettier-ignore
    const inputs = Array.from({ length: parts! }, (_, i) => Float32Array.of(i, -i))
    const narrow = rewriting(narrowConcat(most!))(program)
    for (const { operands } of nodesOf(narrow.outputs)) expect(operands.length).toBeLessThanOrEqual(most!)
    expect(evaluateWide(narrow, inputs)).toEqual(evaluateWide(program, inputs))
  })
})

/** Products of tensors against loops over all letters, and ops that have nothing to do. */
import { describe, expect, it } from 'vitest'
import * as s from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { o } from '../../src/primitives/vocabulary.ts'
import { countNodes } from '../../src/program/program.ts'
import { sizeOf } from '../../src/tensor/shape.ts'
import { traced } from '../support/traced.ts'

const extents: Readonly<Record<string, number>> = { i: 2, j: 3, k: 4, l: 2, b: 3 }
const counted = (shape: readonly number[], by: number): Tensor =>
  s.tensor(Array.from({ length: sizeOf(shape) }, (_, n) => ((n * by) % 7) - 3), shape) // prettier-ignore
const shapeOf = (term: string): readonly number[] => Array.from(term).map((letter) => extents[letter]!)

/** Sums the products of elements over all that letters may be. */
const summed = (terms: readonly string[], result: string, operands: readonly Tensor[]): readonly number[] => {
  const letters = [...new Set(Array.from(terms.join('')))]
  const data = new Array<number>(sizeOf(shapeOf(result))).fill(0)
  const placeOf = (term: string, at: ReadonlyMap<string, number>): number =>
    Array.from(term).reduce((place, letter) => place * extents[letter]! + at.get(letter)!, 0)
  const visit = (rest: readonly string[], at: ReadonlyMap<string, number>): void => {
    const [letter, ...others] = rest
    if (letter === undefined)
      data[placeOf(result, at)]! += operands.reduce((value, x, n) => value * x.data[placeOf(terms[n]!, at)]!, 1)
    else for (let i = 0; i < extents[letter]!; i++) visit(others, new Map([...at, [letter, i]]))
  }
  visit(letters, new Map())
  return data
}

describe('einsum', () => {
  it.for([
    'i->i',
    'i->',
    'ij->ij',
    'ij->ji',
    'ijk->kij',
    'ijk->j',
    'ijk->ki',
    'iij->j',
    'iij->ij',
    'iji->ji',
    'iii->i',
    'iii->',
    'ijij->ji',
    'ij,jk->ik',
    'ij,kj->ki',
    'bij,bjk->bik',
    'bij,bjk->kib',
    'ij,ij->ij',
    'ij,ij->',
    'ij,ij->j',
    'i,j->ji',
    'ijk,l->il',
    'ij,k->k',
    'ij,jk,kl->il',
    'ij,jk,kl->li',
    'ij,jk,ki->',
    'bi,bj,bk->ijk',
    'i,i,i->i',
    'ii,ij->j',
    'ij,jj->i',
    'ijb,kb->kji'
  ])('%s', (equation) => {
    // prettier-ignore
    const [inputs, result] = equation.split('->') as [string, string]
    const terms = inputs.split(',')
    const operands = terms.map((term, n) => counted(shapeOf(term), 3 + 2 * n))
    const made = s.einsum(equation, ...operands)
    expect(made.shape).toEqual(shapeOf(result))
    expect([...made.data].map((x) => x + 0)).toEqual(summed(terms, result, operands).map((x) => x + 0))
  })
  it.for([
    ['ij,jk', 'ij,jk->ik'],
    ['kj,ji', 'kj,ji->ik'],
    ['ii', 'ii->'],
    ['ba', 'ba->ab'],
    [' i j , j k -> i k ', 'ij,jk->ik']
  ] as const)('%s is %s', ([short, long]) => {
    const terms = long.split('->')[0]!.split(',')
    const operands = terms.map((term, n) => counted(Array.from(term).map((letter) => extents[letter] ?? 2), 3 + n)) // prettier-ignore
    expect(s.einsum(short, ...operands)).toEqual(s.einsum(long, ...operands))
  })
  it.for([
    ['...ij,...jk->...ik', 'bij,bjk->bik', [3, 2, 3], [3, 3, 4]],
    ['i...,j...->ij...', 'ib,jb->ijb', [2, 3], [3, 3]],
    ['i...j', 'ibj->bij', [2, 3, 3]],
    ['...i->i...', 'bi->ib', [3, 2]],
    ['...i,i->...', 'bi,i->b', [3, 2], [2]],
    ['b...,...->b', 'bijk,ijk->b', [3, 2, 3, 4], [2, 3, 4]]
  ] as const)('%s is %s', ([dotted, spelled, ...shapes]) => {
    const operands = shapes.map((shape, n) => counted(shape, 3 + n))
    expect(s.einsum(dotted, ...operands)).toEqual(s.einsum(spelled, ...operands))
  })
})

describe('matmul', () => {
  it.for<readonly [left: readonly number[], right: readonly number[], equation: string]>([
    [[3], [3], 'j,j->'],
    [[3], [3, 4], 'j,jk->k'],
    [[2, 3], [3], 'ij,j->i'],
    [[2, 3], [3, 4], 'ij,jk->ik'],
    [[3, 2, 3], [3], 'bij,j->bi'],
    [[3], [3, 3, 4], 'j,bjk->bk'],
    [[3, 2, 3], [3, 4], 'bij,jk->bik'],
    [[2, 3], [3, 3, 4], 'ij,bjk->bik'],
    [[3, 2, 3], [3, 3, 4], 'bij,bjk->bik'],
    [[2, 1, 2, 3], [3, 3, 4], 'lcij,bjk->lbik']
  ])('of %j and %j', ([left, right, equation]) => {
    // prettier-ignore
    const [a, b] = [counted(left, 3), counted(right, 5)]
    const expected = equation.startsWith('lc') ? s.einsum('lij,bjk->lbik', s.reshape(a, [2, 2, 3]), b) : s.einsum(equation, a, b) // prettier-ignore
    expect(s.matmul(a, b)).toEqual(expected)
  })
  it.for([
    [
      [2, 3],
      [2, 3]
    ],
    [[3], [2]],
    [[], [3]],
    [[3], []],
    [
      [2, 3],
      [4, 3, 2, 2]
    ],
    [
      [2, 2, 3],
      [3, 3, 4]
    ]
  ])('refuses %j', ([left, right]) => {
    // prettier-ignore
    expect(() => s.matmul(s.zeros(left!), s.zeros(right!))).toThrow('ShapeMisfit in matmul')
  })
  it('of vectors is their dot product, and each with each their outer one', () => {
    const [x, y] = [counted([3], 3), counted([3], 5)]
    expect(s.dot(x, y)).toEqual(s.einsum('i,i->', x, y))
    expect(s.outer(x, counted([2], 5))).toEqual(s.einsum('i,j->ij', x, counted([2], 5)))
  })
})

describe('what is there already', () => {
  const x = counted([2, 3, 1], 3)
  const image = s.reshape(counted([2, 3, 1], 3), [1, 2, 3, 1])
  it.for<readonly [string, Tensor, (y: Tensor) => Tensor]>([
    ['reshape', x, (y) => s.reshape(y, [2, -1, 1])],
    ['transpose', x, (y) => s.transpose(y, [0, 1, -1])],
    ['broadcastTo', x, (y) => s.broadcastTo(y, [2, 3, 1])],
    ['squeeze', x, (y) => s.squeeze(y, { axes: [] })],
    ['squeeze of no 1', counted([2, 3], 3), (y) => s.squeeze(y)],
    ['convert', x, (y) => s.convert(y, 'float32')],
    ['flip', x, (y) => s.flip(y, { axes: [] })],
    ['concat', x, (y) => s.concat([y], { axis: 1 })],
    ['sum', x, (y) => s.sum(y, { axes: [] })],
    ['reduceMax', x, (y) => s.reduceMax(y, { axes: [], keepDims: true })],
    ['einsum', counted([2, 3], 3), (y) => s.einsum('ij->ij', y)],
    ['pow', x, (y) => s.pow(y, 1)],
    ['reflectPad2d', image, (y) => s.reflectPad2d(y, { low: 0, high: 0 })]
  ])('is handed on by %s', ([, given, f]) => expect(f(given)).toBe(given))

  it.for<readonly [string, readonly (readonly number[])[], (a: Tensor, b: Tensor) => Tensor, Record<string, number>]>([
    [
      'matmul',
      [
        [2, 3],
        [3, 4]
      ],
      (a, b) => s.matmul(a, b),
      { dotGeneral: 1 }
    ],
    [
      'batches',
      [
        [5, 2, 3],
        [5, 3, 4]
      ],
      (a, b) => s.matmul(a, b),
      { dotGeneral: 1 }
    ],
    ['a cube', [[3]], (a) => s.pow(a, 3), { mul: 2 }],
    ['a fourth power', [[3]], (a) => s.pow(a, 4), { mul: 2 }],
    ['a 32nd power', [[3]], (a) => s.pow(a, 32), { mul: 5 }],
    ['a 33rd power', [[3]], (a) => s.pow(a, 33), { pow: 1 }],
    ['a root', [[3]], (a) => s.pow(a, 0.5), { sqrt: 1 }],
    ['a reciprocal', [[3]], (a) => s.pow(a, -1), { div: 1 }],
    ['clamping from below', [[3]], (a) => s.clamp(a, { min: 1 }), { compare: 1, select: 1 }],
    ['clamping from above', [[3]], (a) => s.clamp(a, { max: 1 }), { compare: 1, select: 1 }],
    ['the loss of a label 1', [[3]], (a) => s.sigmoidCrossEntropyWithLogits(a, 1), { softplus: 1, neg: 1 }],
    ['the loss of a label 0', [[3]], (a) => s.sigmoidCrossEntropyWithLogits(a, 0), { softplus: 1 }]
  ])('is not done again by %s', ([, shapes, f, expected]) => {
    // prettier-ignore
    const counts = Object.entries(countNodes(traced(shapes, (...xs) => f(xs[0]!, xs[1] ?? o.full([], 0))))) // prettier-ignore
    const ignored = ['input', 'literal', 'broadcastInDim']
    expect(Object.fromEntries(counts.filter(([name]) => !ignored.includes(name)))).toEqual(expected)
  })
})

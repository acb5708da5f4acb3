import { describe, expect, it } from 'vitest'
import { o } from '../../src/primitives/vocabulary.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { at, expectFormula, indicesOf, sample } from '../support/naive.ts'

const shape = [2, 3, 4, 5]

/** Elements of x over the reduced axes, the kept ones being given. */
const elements = (x: Tensor, axes: readonly number[], kept: readonly number[]): readonly number[] =>
  indicesOf(x.shape)
    .filter((index) => index.filter((_, axis) => !axes.includes(axis)).join() === kept.join())
    .map((index) => at(x, index))

describe.each([[[0]], [[3]], [[1, 2]], [[0, 2]], [[1, 3]], [[0, 1, 2, 3]], [[]]])('over axes %j', (axes) => {
  const rest = shape.filter((_, axis) => !axes.includes(axis))

  it('reduceSum adds up', () => {
    const x = sample(shape)
    expectFormula(o.reduceSum(x, axes), rest, (...kept) => elements(x, axes, kept).reduce((a, b) => a + b, 0), 1e-15)
  })
  it('reduceSum of int32 wraps around', () => {
    const x = sample(shape, 'int32')
    expectFormula(o.reduceSum(x, axes), rest, (...kept) => elements(x, axes, kept).reduce((a, b) => (a + b) | 0, 0))
  })
  it('reduceMax finds the greatest', () => {
    for (const dtype of ['float32', 'int32'] as const) {
      const x = sample(shape, dtype)
      expectFormula(o.reduceMax(x, axes), rest, (...kept) => Math.max(...elements(x, axes, kept)))
    }
  })
})

describe('reduceSum', () => {
  it('adds float32 in double', () => {
    const x = makeTensor(new Float32Array(100_000).fill(0.1))
    expect(o.reduceSum(x, [0]).data[0]).toBe(Math.fround(100_000 * Math.fround(0.1)))
  })
  it('of nothing is 0', () => expectFormula(o.reduceSum(sample([0, 2]), [0]), [2], () => 0))
  it('says which axes there are', () => {
    expect(() => o.reduceSum(sample([2, 3]), [2])).toThrow('ascending axes of a tensor of rank 2; got float32[2, 3] with axes [2]') // prettier-ignore
    expect(() => o.reduceSum(sample([2], 'bool'), [0])).toThrow('DTypeMisfit in reduceSum: expected float32 or int32')
  })
})

describe('reduceMax', () => {
  it('is NaN where an element is', () => {
    expectFormula(o.reduceMax(makeTensor([[1, NaN, 3], [4, 5, 6]]), [1]), [2], (i) => [NaN, 6][i]!) // prettier-ignore
  })
  it('of nothing is the least there is', () => {
    expectFormula(o.reduceMax(sample([0, 1]), [0]), [1], () => -Infinity)
    expectFormula(o.reduceMax(sample([0, 1], 'int32'), [0]), [1], () => -2147483648)
  })
  it('shares its derivative among ties', () => {
    const x = makeTensor(new Float64Array([3, 1, 3, 3]))
    const [, slope] = jvp((y: Tensor) => o.reduceMax(y, [0]), [x], [makeTensor(new Float64Array([1, 10, 2, 6]))])
    expect(slope.data[0]).toBe(3)
  })
})

describe('cumulativeSum', () => {
  it.each([0, 1, 2])('adds up along axis %i', (axis) => {
    const upTo = (x: Tensor, index: readonly number[]): readonly number[] =>
      Array.from({ length: index[axis]! + 1 }, (_, k) => at(x, index.with(axis, k)))
    const x = sample([3, 4, 2])
    expectFormula(o.cumulativeSum(x, axis), [3, 4, 2], (...i) => upTo(x, i).reduce((a, b) => a + b, 0), 1e-15)
    const n = sample([3, 4, 2], 'int32')
    expectFormula(o.cumulativeSum(n, axis), [3, 4, 2], (...i) => upTo(n, i).reduce((a, b) => (a + b) | 0, 0))
  })
  it('names the axis that is none', () => {
    expect(() => o.cumulativeSum(sample([2]), 1)).toThrow('in cumulativeSum: expected ascending axes of a tensor of rank 1') // prettier-ignore
  })
})

describe('argsort', () => {
  it.each([0, 1])('sorts along axis %i', (axis) => {
    const x = sample([4, 5])
    const order = o.argsort(x, axis)
    expect(order.dtype).toBe('int32')
    for (let line = 0; line < x.shape[1 - axis]!; line++) {
      const place = (k: number): readonly number[] => (axis === 0 ? [k, line] : [line, k])
      const all = Array.from({ length: x.shape[axis]! }, (_, k) => k)
      const picked = all.map((k) => at(order, place(k)))
      expect(picked.toSorted((a, b) => a - b)).toEqual(all)
      const values = picked.map((k) => at(x, place(k)))
      expect(values).toEqual(values.toSorted((a, b) => a - b))
    }
  })
  it('keeps the order of ties and puts NaN last', () => {
    const of = (...values: number[]): readonly number[] => [...o.argsort(makeTensor(values), 0).data]
    expect(of(2, 1, 2, 1, 1)).toEqual([1, 3, 4, 0, 2])
    expect(of(NaN, Infinity, NaN, -Infinity, 0)).toEqual([3, 4, 1, 0, 2])
    expect(of(0, -0, 0)).toEqual([0, 1, 2])
  })
  it('of nothing is nothing', () => expectFormula(o.argsort(sample([2, 0]), 1), [2, 0], () => NaN))
})

import { describe, expect, it } from 'vitest'
import {
  avgPool2d,
  clamp,
  elu,
  evaluate,
  gelu,
  grad,
  hessian,
  leakyRelu,
  logSoftmax,
  logsigmoid,
  logsumexp,
  max,
  maxPool2d,
  norm,
  reduceMax,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  sum,
  tensor
} from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { doubles } from '../support/slopes.ts'

const numbers = (x: Tensor): readonly number[] => Array.from(x.data, (value) => value + 0)

describe('the norm of a zero vector', () => {
  const zeros = doubles([0, 0, 0])
  for (const ord of [1, 1.5, 2, 3, Infinity]) {
    const length = (x: Tensor): Tensor => norm(x, { ord })
    it(`has value and slope 0 and a finite curvature for ord ${ord}`, () => {
      expect(numbers(length(zeros))).toEqual([0])
      expect(numbers(grad(length)(zeros))).toEqual([0, 0, 0])
      for (const value of hessian(length)(zeros).data) expect(value).toBe(0)
    })
  }
  it('leaves its neighbours alone', () => {
    const rows = (x: Tensor): Tensor => sum(norm(x, { axes: [1] }))
    expect(numbers(grad(rows)(doubles([0, 0, 3, 4], [2, 2])))).toEqual([0, 0, expect.closeTo(0.6), expect.closeTo(0.8)])
  })
})

describe('maxPool2d', () => {
  it('gives the whole derivative to the first of equals, row by row', () => {
    const x = tensor(
      [
        [1, 2, 2],
        [2, 2, 0],
        [0, 2, 2]
      ].flat(),
      [1, 1, 3, 3]
    )
    const gradient = grad((images: Tensor) => sum(maxPool2d(images, { window: 2, stride: 1 })))(x)
    expect(numbers(gradient)).toEqual([0, 2, 0, 1, 1, 0, 0, 0, 0])
  })
  it('keeps padding out, even beside small numbers', () => {
    const x = tensor([-5, -6, -7, -8], [1, 1, 2, 2])
    expect(numbers(maxPool2d(x, { window: 2, padding: 1 }))).toEqual([-5, -6, -7, -8])
  })
  it('refuses windows that lie in the padding', () => {
    expect(() => maxPool2d(tensor([1], [1, 1, 1, 1]), { window: 2, padding: 2 })).toThrow(
      'InvalidArgument in maxPool2d'
    )
  })
})

describe('avgPool2d', () => {
  const x = tensor([1, 2, 3, 4], [1, 1, 2, 2])
  it('counts the padding, or not', () => {
    expect(numbers(avgPool2d(x, { window: 2, padding: 1 }))).toEqual([0.25, 0.5, 0.75, 1])
    expect(numbers(avgPool2d(x, { window: 2, padding: 1, countIncludePad: false }))).toEqual([1, 2, 3, 4])
  })
})

describe('a NaN', () => {
  const passing: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    relu,
    leakyRelu,
    elu,
    gelu,
    silu,
    sigmoid,
    softplus,
    logsigmoid,
    softmax,
    logSoftmax,
    logsumexp,
    norm,
    reduceMax,
    max: (x) => max(x, 0),
    clamp: (x) => clamp(x, { min: -1, max: 1 }),
    maxPool2d: (x) => maxPool2d(x, { window: [1, 2] })
  }
  for (const [name, f] of Object.entries(passing))
    it(`passes through ${name}`, () => {
      for (const values of [
        [NaN, 1],
        [1, NaN]
      ])
        expect(f(tensor(values, [1, 1, 1, 2])).data.some(Number.isNaN)).toBe(true)
    })
})

describe('infinite and huge logits', () => {
  it('have the logsumexp that limits have', () => {
    expect(numbers(logsumexp(tensor([-Infinity, -Infinity])))).toEqual([-Infinity])
    expect(numbers(logsumexp(tensor([-Infinity, 3])))).toEqual([3])
    expect(numbers(logsumexp(tensor([Infinity, 3])))).toEqual([Infinity])
  })
  it('leave masked classes out of softmax and its gradient', () => {
    const x = tensor([-Infinity, 0, 0])
    expect(numbers(softmax(x))).toEqual([0, 0.5, 0.5])
    expect(numbers(grad((y: Tensor) => logsumexp(y))(x))).toEqual([0, 0.5, 0.5])
  })
  it('stay doubles in an evaluation in float64', () => {
    const result = evaluate(() => logsumexp(tensor([0.1, 0.1])), { precision: 'float64' })()
    expect(result.data[0]).toBeCloseTo(0.1 + Math.LN2, 15)
  })
})

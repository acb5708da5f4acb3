import { describe, expect, it } from 'vitest'
import { o } from '../../src/primitives/vocabulary.ts'
import type { Convolution } from '../../src/program/vocabulary.ts'
import { at, expectFormula, indicesOf, orZero, sample } from '../support/naive.ts'

/** Each axis: input, kernel, output, stride, low, dilation. */
type Window = readonly [number, number, number, number, number, number]

const geometry = (...axes: readonly Window[]): Convolution => ({
  input: axes.map((axis) => axis[0]),
  kernel: axes.map((axis) => axis[1]),
  output: axes.map((axis) => axis[2]),
  stride: axes.map((axis) => axis[3]),
  low: axes.map((axis) => axis[4]),
  dilation: axes.map((axis) => axis[5])
})

const geometries: Readonly<Record<string, Convolution>> = {
  'one axis': geometry([7, 3, 5, 1, 0, 1]),
  'a stride with a remainder, padded on one side': geometry([8, 3, 3, 3, 1, 1]),
  dilation: geometry([9, 3, 5, 2, 2, 2]),
  'two unlike axes': geometry([5, 3, 3, 2, 1, 1], [6, 2, 7, 1, 1, 1]),
  'three axes': geometry([3, 2, 2, 1, 0, 1], [4, 3, 4, 1, 1, 1], [2, 1, 2, 1, 0, 1]),
  'a kernel of 1': geometry([4, 1, 4, 1, 0, 1], [4, 1, 4, 1, 0, 1]),
  'a kernel wider than the image': geometry([2, 5, 2, 1, 2, 1]),
  'outputs in the padding alone': geometry([2, 2, 6, 2, 4, 1]),
  cropping: geometry([9, 2, 3, 2, -2, 1]),
  'an image that is not all seen': geometry([9, 2, 3, 2, 0, 1]),
  'no output': geometry([4, 3, 0, 1, 0, 1]),
  'more than a frame of samples': geometry([12, 4, 6, 2, 1, 1], [12, 4, 6, 2, 1, 1])
}

describe.each(Object.entries(geometries))('%s', (_, params) => {
  const [G, N, C, O] = [2, 19, 3, 2]
  const { input, kernel, output, stride, low, dilation } = params
  const x = sample([G, N, C, ...input], 'float32', 1)
  const w = sample([G, O, C, ...kernel], 'float32', 2)
  const y = sample([G, N, O, ...output], 'float32', 3)
  const range = (n: number): readonly number[] => Array.from({ length: n }, (__, i) => i)
  const kernels = indicesOf(kernel)
  const outputs = indicesOf(output)
  const meeting = (p: readonly number[], k: readonly number[]): readonly number[] =>
    p.map((n, i) => n * stride[i]! + k[i]! * dilation[i]! - low[i]!)

  it('conv correlates', () => {
    expectFormula(
      o.conv(x, w, params),
      y.shape,
      (g, n, f, ...p) => {
        let sum = 0
        for (const c of range(C))
          for (const k of kernels) sum += orZero(x, [g, n, c, ...meeting(p, k)]) * at(w, [g, f, c, ...k])
        return sum
      },
      1e-14
    )
  })

  it('convFilterGradient correlates image and result', () => {
    expectFormula(
      o.convFilterGradient(x, y, params),
      w.shape,
      (g, f, c, ...k) => {
        let sum = 0
        for (const n of range(N))
          for (const p of outputs) sum += orZero(x, [g, n, c, ...meeting(p, k)]) * at(y, [g, n, f, ...p])
        return sum
      },
      1e-14
    )
  })

  it('convInputGradient spreads the result', () => {
    const expected = new Map<string, number>()
    for (const [g, n, f, ...p] of indicesOf(y.shape) as readonly (readonly [number, number, number, ...number[]])[])
      for (const c of range(C))
        for (const k of kernels) {
          const key = [g, n, c, ...meeting(p, k)].join()
          const value = at(y, [g, n, f, ...p]) * at(w, [g, f, c, ...k])
          expected.set(key, (expected.get(key) ?? 0) + value)
        }
    expectFormula(o.convInputGradient(y, w, params), x.shape, (...index) => expected.get(index.join()) ?? 0, 1e-14)
  })
})

it('a prepared convolution forgets its last run', () => {
  const params = geometry([4, 3, 4, 1, 1, 1])
  const [x, w] = [sample([1, 1, 1, 4]), sample([1, 1, 1, 3])]
  const first = [...o.conv(x, w, params).data]
  o.conv(sample([1, 1, 1, 4], 'float32', 9), w, params)
  expect([...o.conv(x, w, params).data]).toEqual(first)
})

describe('a misfit', () => {
  const params = geometry([5, 3, 3, 1, 0, 1])
  it('names the roles of the axes and the extents that were promised', () => {
    expect(() => o.conv(sample([1, 2, 3, 5]), sample([1, 4, 2, 3]), params)).toThrow(
      'expected x [G, N, C, ...input] and w [G, O, C, ...kernel] with input [5], kernel [3]; got float32[1, 2, 3, 5] and float32[1, 4, 2, 3]'
    )
    expect(() => o.convInputGradient(sample([1, 2, 3, 4]), sample([1, 3, 2, 3]), params)).toThrow('output [3], kernel [3]') // prettier-ignore
    expect(() => o.convFilterGradient(sample([1, 2, 3, 5]), sample([1, 3, 3, 3]), params)).toThrow('y [G, N, O, ...output]') // prettier-ignore
  })
  it('names the parameter', () => {
    const [x, w] = [sample([1, 1, 1, 5]), sample([1, 1, 1, 3])]
    expect(() => o.conv(x, w, { ...params, stride: [0] })).toThrow('stride to be an integer >= 1 for each spatial axis')
    expect(() => o.conv(x, w, { ...params, low: [0, 0] })).toThrow('low to be an integer for each spatial axis; got [0, 0] with stride [1]') // prettier-ignore
  })
})

import { describe, expect, it } from 'vitest'
import * as Init from '../../src/nn/init.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { reshape, transpose } from '../../src/ops/shaping.ts'
import { key } from '../../src/random/random.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { moment } from '../random/samples.ts'

const root = key(11)
const fans = { fanIn: 50, fanOut: 200 }
const shape = [100, 200]

describe.each<[string, Init.NamedInitializer, number]>([
  ['fanInUniform', Init.fanInUniform, 1 / 150],
  ['lecunNormal', Init.lecunNormal, 1 / 50],
  ['heNormal', Init.heNormal, 2 / 50],
  ['heUniform', Init.heUniform, 2 / 50],
  ['glorotNormal', Init.glorotNormal, 2 / 250],
  ['glorotUniform', Init.glorotUniform, 2 / 250],
  ['normal', Init.normal(0.02), 0.0004],
  ['uniform', Init.uniform(0.3), 0.03],
  ['zeros', Init.zeros, 0]
])('%s', (name, initializer, variance) => {
  const drawn = initializer(root, shape, fans)

  it('has mean 0 and the variance it should', () => {
    expect(drawn.shape).toEqual(shape)
    expect(Math.abs(moment(drawn.data, 1))).toBeLessThan(5 * Math.sqrt(variance / 20000) + 1e-12)
    expect(Math.abs(moment(drawn.data, 2) - variance)).toBeLessThanOrEqual(5 * variance * Math.sqrt(2 / 20000))
  })

  it('is a function of its key, and knows its name', () => {
    expect(initializer(root, shape, fans).data).toEqual(drawn.data)
    expect(evaluate((k: Tensor) => initializer(k, shape, fans))(root).data).toEqual(drawn.data)
    expect(initializer.initializer).toBe(name)
  })
})

describe('constants', () => {
  it('are everywhere the same', () => {
    expect([...Init.constant(2)(root, [3], fans).data]).toEqual([2, 2, 2])
    expect([...Init.ones(root, [2], fans).data]).toEqual([1, 1])
    expect(moment(Init.normal(1, 10)(root, shape, fans).data, 1)).toBeCloseTo(10, 1)
  })
})

describe('orthogonal', () => {
  const isGain = (gram: Tensor, gain: number): void =>
    gram.data.forEach((value, i) => expect(value).toBeCloseTo(i % (gram.shape[0]! + 1) === 0 ? gain ** 2 : 0, 4))

  it.each([
    [4, 4],
    [3, 7],
    [7, 3],
    [1, 5],
    [30, 30]
  ])('%d x %d has orthonormal rows or columns', (rows, columns) => {
    // prettier-ignore
    const q = Init.orthogonal()(root, [rows, columns], fans)
    expect(q.shape).toEqual([rows, columns])
    isGain(rows <= columns ? matmul(q, transpose(q)) : matmul(transpose(q), q), 1)
  })

  it('takes a gain, and kernels as matrices', () => {
    const q = Init.orthogonal(2)(root, [6, 2, 3, 3], fans)
    const rows = reshape(q, [6, 18])
    isGain(matmul(rows, transpose(rows)), 2)
  })

  it('has no preferred direction', () => {
    const corners = Array.from({ length: 400 }, (_, seed) => Init.orthogonal()(key(seed), [2, 2], fans).data[0]!)
    expect(Math.abs(moment(corners, 1))).toBeLessThan(5 * Math.sqrt(0.5 / 400))
    expect(moment(corners, 2)).toBeCloseTo(0.5, 1)
  })
})

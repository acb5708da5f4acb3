import { describe, expect, it } from 'vitest'
import * as Net from '../../src/nn/net.ts'
import { key, normal } from '../../src/random/random.ts'
import { makeTensor as tensor } from '../../src/tensor/makeTensor.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { sum } from '../../src/ops/reduction.ts'
import { grad } from '../../src/transform/grad.ts'

const none = { params: [], state: [] }

describe('minibatchStddev', () => {
  it('is the mean deviation within a group, the same for all of it', () => {
    // Groups {0, 2} and {1, 3}.
    const x = tensor([[0, 0], [1, 1], [2, 4], [1, 7]]) // prettier-ignore
    const [y] = Net.minibatchStddev({ groupSize: 2 }).apply(none, x)
    const found = [2, 5, 8, 11].map((i) => y.data[i]!)
    found.forEach((value, i) => expect(value).toBeCloseTo(1.5, i % 2 === 0 ? 5 : 3))
    expect([...y.data.slice(0, 2)]).toEqual([0, 0])
  })

  it('takes smaller groups where the batch is no multiple, and one sample', () => {
    expect(Net.minibatchStddev({ groupSize: 4 }).apply(none, normal(key(0), [6, 2]))[0].shape).toEqual([6, 3])
    const [y] = Net.minibatchStddev().apply(none, tensor([[5]]))
    expect(y.data[1]).toBeCloseTo(1e-4, 8)
  })

  it('has a finite gradient where all samples are equal', () => {
    const gradient = grad((x: Tensor) => sum(Net.minibatchStddev().apply(none, x)[0]))(tensor([[1], [1], [1], [1]])) // prettier-ignore
    expect([...gradient.data]).toEqual([1, 1, 1, 1])
  })
})

describe('minibatchDiscrimination', () => {
  it('is the sum of exp(-distance) to the others, worked by hand', () => {
    const layer = Net.minibatchDiscrimination(1, { kernels: 2, dimensions: 1 })
    const [y] = layer.apply({ params: { weights: tensor([[1, 10]]) }, state: [] }, tensor([[0], [1], [3]])) // prettier-ignore
    const e = Math.exp
    const expected = [
      [0, e(-1) + e(-3), e(-10) + e(-30)],
      [1, e(-1) + e(-2), e(-10) + e(-20)],
      [3, e(-3) + e(-2), e(-30) + e(-20)]
    ].flat()
    y.data.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6))
  })

  it('has finite gradients, also between equal samples', () => {
    const layer = Net.minibatchDiscrimination(2, { kernels: 3, dimensions: 2 })
    const made = layer.init(key(0))
    const gradient = grad((x: Tensor) => sum(layer.apply(made, x)[0]))(tensor([[1, 2], [1, 2], [0, 3]])) // prettier-ignore
    expect([...gradient.data].every(Number.isFinite)).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import * as Net from '../../src/nn/net.ts'
import { key, normal } from '../../src/random/random.ts'
import { sum } from '../../src/ops/reduction.ts'
import { makeTensor as tensor } from '../../src/tensor/makeTensor.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { grad } from '../../src/transform/grad.ts'

const root = key(1)
const labels = tensor([1, 0, 2], [3], 'int32')
const x = normal(root, [3, 4])

describe('appendLabels', () => {
  it('appends one feature or plane for each class', () => {
    const layer = Net.appendLabels(3)
    const images = tensor([1, 2, 3, 4], [2, 1, 1, 2])
    const [y] = layer.apply({ params: [], state: [], labels: tensor([2, 0], [2], 'int32') }, images)
    expect(y.shape).toEqual([2, 4, 1, 2])
    expect([...y.data]).toEqual([1, 2, 0, 0, 0, 0, 1, 1, 3, 4, 1, 1, 0, 0, 0, 0])
    expect(layer.fit([8])).toMatchObject({ right: [11] })
    expect(layer.takesLabels).toBe(true)
  })
})

describe('projection', () => {
  it('is w·x + b + v_y·x', () => {
    const layer = Net.projection(2, 2)
    const params = { weights: tensor([[1], [10]]), bias: tensor([100]), classes: tensor([[1, 0], [0, 2]]) } // prettier-ignore
    const [y] = layer.apply({ params, state: [], labels: tensor([0, 1], [2], 'int32') }, tensor([[3, 4], [3, 4]])) // prettier-ignore
    expect([...y.data]).toEqual([146, 151])
  })

  it('passes a gradient to the vectors of the classes that occur', () => {
    const layer = Net.projection(4, 4)
    const { params, state } = layer.init(root)
    const scores = (p: { classes: Tensor }): Tensor => sum(layer.apply({ params: p, state, labels }, x)[0])
    const { classes } = grad(scores)(params as { classes: Tensor })
    expect([...classes.data.slice(12)]).toEqual([0, 0, 0, 0])
    expect(classes.data.slice(0, 4)).toEqual(x.data.slice(4, 8))
  })
})

describe('conditionalBatchNorm', () => {
  const layer = Net.conditionalBatchNorm(4, 3)

  it('begins as batch norm', () => {
    const plain = Net.batchNorm(4)
    for (const training of [true, false]) {
      const [y, after] = layer.apply({ ...layer.init(root), labels, training }, x)
      const [expected, expectedAfter] = plain.apply({ ...plain.init(root), training }, x)
      expect(y.data).toEqual(expected.data)
      expect(after).toEqual(expectedAfter)
    }
  })

  it('scales and shifts by class', () => {
    const { state } = layer.init(root)
    const params = { scale: tensor(new Float32Array(12), [3, 4]), offset: tensor(Float32Array.from({ length: 12 }, (_, i) => i), [3, 4]) } // prettier-ignore
    const [y] = layer.apply({ params, state, labels }, x)
    expect([...y.data]).toEqual([4, 5, 6, 7, 0, 1, 2, 3, 8, 9, 10, 11])
  })
})

describe('a conditional network', () => {
  const net = Net.serial(Net.appendLabels(3), Net.dense(7, 4), Net.conditionalBatchNorm(4, 3), Net.relu, Net.projection(4, 3)) // prettier-ignore

  it('hands the labels to its layers, traced or not', () => {
    const made = net.init(root)
    expect(net.takesLabels).toBe(true)
    const [y] = net.apply({ ...made, labels }, x)
    expect(y.shape).toEqual([3, 1])
    const traced = evaluate((batch: Tensor, given: Tensor) => net.apply({ ...made, labels: given }, batch)[0])(
      x,
      labels
    )
    expect(traced.data).toEqual(y.data)
  })

  it('asks for labels that fit', () => {
    const made = net.init(root)
    expect(() => net.apply(made, x)).toThrow(/InvalidArgument in appendLabels\(3\): expected labels; got none/)
    expect(() => net.apply({ ...made, labels: tensor([0], [1], 'int32') }, x)).toThrow(
      /expected labels int32 \[3\], one a sample; got int32\[1\]/
    )
    expect(() => net.apply({ ...made, labels: tensor([0, 1, 2]) }, x)).toThrow(/got float32\[3\]/)
  })
})

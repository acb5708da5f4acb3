import { describe, expect, it } from 'vitest'
import * as Net from '../../src/nn/net.ts'
import { key, normal } from '../../src/random/random.ts'
import { makeTensor as tensor } from '../../src/tensor/makeTensor.ts'

const root = key(0)

describe('virtualBatchNorm', () => {
  it('normalizes a sample by the reference batch and itself', () => {
    const net = Net.withReference(tensor([[0], [2], [4]]), Net.virtualBatchNorm(1, { epsilon: 0 }))
    const [y] = net.apply(net.init(root), tensor([[10], [2]]))
    // {0, 2, 4, 10}: mean 4, variance 14; {0, 2, 4, 2}: mean 2, variance 2.
    expect(y.data[0]).toBeCloseTo((10 - 4) / Math.sqrt(14), 6)
    expect(y.data[1]).toBeCloseTo(0, 6)
  })

  it('counts a sample once, however many pixels it has', () => {
    const net = Net.withReference(tensor([0, 4], [1, 1, 1, 2]), Net.virtualBatchNorm(1, { epsilon: 0 }))
    const [y] = net.apply(net.init(root), tensor([5, 7], [1, 1, 1, 2]))
    // {0, 4, 5, 7}: mean 4, variance 6.5.
    expect(y.data[0]).toBeCloseTo(1 / Math.sqrt(6.5), 6)
  })

  it('couples no samples, through layers of any depth', () => {
    const net = Net.withReference(
      normal(key(1), [8, 3]),
      Net.serial(Net.dense(3, 4), Net.virtualBatchNorm(4), Net.relu, Net.dense(4, 2), Net.virtualBatchNorm(2))
    )
    expect([net.couplesSamples, net.input, net.output]).toEqual([false, [3], [2]])
    const made = net.init(root)
    const x = normal(key(2), [5, 3])
    const together = net.apply(made, x)[0].data
    const alone = net.apply(made, tensor(x.data.slice(0, 3), [1, 3]))[0].data
    alone.forEach((value, i) => expect(value).toBeCloseTo(together[i]!, 5))
  })

  it('keeps the reference batch in its state', () => {
    const net = Net.withReference(tensor([[1], [2]]), Net.virtualBatchNorm(1))
    expect(net.init(root).state).toMatchObject({ reference: { shape: [2, 1] } })
    expect(net.apply(net.init(root), tensor([[1]]))[1]).toEqual(net.init(root).state)
  })

  it('says what is missing', () => {
    const layer = Net.virtualBatchNorm(1)
    expect(() => layer.apply(layer.init(root), tensor([[1]]))).toThrow(/InvalidArgument in virtualBatchNorm\(1\): expected a reference batch/) // prettier-ignore
    expect(Net.withReference(tensor([[1, 2]]), Net.virtualBatchNorm(1)).problems).toMatchObject([
      { path: ['reference'] }
    ])
    expect(Net.withReference(tensor([[1]]), Net.appendLabels(2)).problems).toMatchObject([{ path: ['inner'] }])
  })
})

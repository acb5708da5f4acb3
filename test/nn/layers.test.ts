import { describe, expect, it } from 'vitest'
import * as Init from '../../src/nn/init.ts'
import type { Layer, Tree } from '../../src/nn/net.ts'
import * as Net from '../../src/nn/net.ts'
import { bernoulli, key, normal } from '../../src/random/random.ts'
import { makeTensor as tensor } from '../../src/tensor/makeTensor.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { treeLeaves } from '../../src/tensor/tree.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { grad } from '../../src/transform/grad.ts'
import { sum } from '../../src/ops/reduction.ts'
import { moment } from '../random/samples.ts'

const root = key(5)
const run = (layer: Layer, x: Tensor, more: object = {}): Tensor => layer.apply({ ...layer.init(root), ...more }, x)[0]
const image = (n: number, c: number, h: number, w: number): Tensor => normal(key(1), [n, c, h, w])
const vector = (n: number): Tensor => normal(key(1), [4, n])

const samples: readonly (readonly [Layer, Tensor, readonly number[]])[] = [
  [Net.dense(5, 3), vector(5), [3]],
  [Net.dense(5, 3, { bias: false }), vector(5), [3]],
  [Net.convolution(4, 6, { kernel: [3, 2], stride: [2, 1], padding: 1, groups: 2 }), image(2, 4, 7, 6), [6, 4, 7]], // prettier-ignore
  [Net.convolution(1, 2, { kernel: 3, dilation: 2, padding: [[1, 2], [0, 1]] }), image(2, 1, 8, 9), [2, 7, 6]], // prettier-ignore
  [Net.transposedConvolution(3, 2, { kernel: 4, stride: 2, padding: 1 }), image(2, 3, 4, 5), [2, 8, 10]], // prettier-ignore
  [Net.transposedConvolution(2, 4, { kernel: 3, stride: 2, outputPadding: [1, 0], groups: 2 }), image(2, 2, 3, 3), [4, 8, 7]], // prettier-ignore
  [Net.relu, image(2, 3, 4, 5), [3, 4, 5]],
  [Net.leakyRelu(0.1), vector(5), [5]],
  [Net.tanh, vector(5), [5]],
  [Net.sigmoid, vector(5), [5]],
  [Net.softplus, vector(5), [5]],
  [Net.elu(0.5), vector(5), [5]],
  [Net.gelu, vector(5), [5]],
  [Net.silu, vector(5), [5]],
  [Net.softmax, vector(5), [5]],
  [Net.flatten, image(2, 3, 4, 5), [60]],
  [Net.reshape([4, 15]), image(2, 3, 4, 5), [4, 15]],
  [Net.avgPool({ window: 2 }), image(2, 3, 5, 4), [3, 2, 2]],
  [Net.maxPool({ window: 3, stride: 2, padding: 1 }), image(2, 3, 5, 4), [3, 3, 2]],
  [Net.upsample([2, 3]), image(2, 3, 5, 4), [3, 10, 12]],
  [Net.resizeBilinear({ scale: [2, 0.5] }), image(2, 3, 5, 4), [3, 10, 2]],
  [Net.dropout(0.5), image(2, 3, 5, 4), [3, 5, 4]],
  [Net.layerNorm(5), vector(5), [5]],
  [Net.layerNorm([3, 5, 4]), image(2, 3, 5, 4), [3, 5, 4]],
  [Net.groupNorm(6, { groups: 3 }), image(2, 6, 5, 4), [6, 5, 4]],
  [Net.instanceNorm(), image(2, 3, 5, 4), [3, 5, 4]],
  [Net.batchNorm(5), vector(5), [5]],
  [Net.batchNorm(3), image(2, 3, 5, 4), [3, 5, 4]],
  [Net.residual(Net.dense(5, 5)), vector(5), [5]],
  [Net.spectral(Net.dense(5, 3)), vector(5), [3]],
  [Net.spectral(Net.convolution(3, 4, { kernel: 3 }), { iterations: 2 }), image(2, 3, 5, 4), [4, 3, 2]], // prettier-ignore
  [Net.spectral(Net.transposedConvolution(3, 2, { kernel: 2 })), image(2, 3, 5, 4), [2, 6, 5]], // prettier-ignore
  [Net.minibatchStddev(), image(4, 3, 5, 4), [4, 5, 4]],
  [Net.minibatchStddev({ groupSize: 3 }), vector(5), [6]],
  [Net.minibatchDiscrimination(5, { kernels: 3, dimensions: 2 }), vector(5), [8]],
  [Net.withReference(vector(5), Net.serial(Net.dense(5, 2), Net.virtualBatchNorm(2), Net.relu)), vector(5), [2]],
  [Net.withReference(image(3, 2, 4, 4), Net.virtualBatchNorm(2)), image(2, 2, 4, 4), [2, 4, 4]],
  [Net.join, image(2, 3, 5, 4), [60]],
  [Net.lambda('double', (x) => sum(x, { axes: [1], keepDims: true }), { output: [1] }), vector(5), [1]]
]

describe.each(samples.map(([layer, x, output]) => [layer.title, layer, x, output] as const))(
  '%s',
  (_, layer, x, output) => {
    const training = { training: true, key: key(8) }

    it('has no problems and gives the features it says', () => {
      expect(layer.problems).toEqual([])
      expect(layer.fit(x.shape.slice(1))).toMatchObject({ right: output })
      for (const more of [{}, training]) expect(run(layer, x, more).shape).toEqual([x.shape[0], ...output])
    })

    it('treats samples as a batch: more of them change nothing, unless it couples them', () => {
      if (layer.couplesSamples) return
      const both = run(layer, x)
      const half = x.data.length / x.shape[0]!
      const first = run(layer, tensor(x.data.slice(0, half), [1, ...x.shape.slice(1)]))
      first.data.forEach((value, i) => expect(value).toBeCloseTo(both.data[i]!, 5))
    })

    it('has a state of constant form and is pure', () => {
      const { params, state } = layer.init(root)
      const [y, after] = layer.apply({ params, state, ...training }, x)
      expect(treeLeaves(after).map(({ shape }) => shape)).toEqual(treeLeaves(state).map(({ shape }) => shape))
      expect(layer.apply({ params, state, ...training }, x)[0].data).toEqual(y.data)
      // Outside training the state stays.
      expect(layer.apply({ params, state }, x)[1]).toEqual(state)
    })

    it('in evaluation mode with the state of a batch makes of it what training does', () => {
      const { params, state } = layer.init(root)
      const [y, after] = layer.apply({ params, state, ...training, batchState: true }, x)
      const [again] = layer.apply({ params, state: after, key: training.key, dropout: true }, x)
      again.data.forEach((value, i) => expect(value).toBeCloseTo(y.data[i]!, 4))
    })

    it('works inside a trace, with a gradient for every parameter', () => {
      const { params, state } = layer.init(root)
      const gradient = grad(([p]: readonly [Tree]) => sum(layer.apply({ params: p, state, ...training }, x)[0]))([
        params
      ])
      for (const g of treeLeaves(gradient)) expect([...g.data].every(Number.isFinite)).toBe(true)
      const traced = evaluate((batch: Tensor) => layer.apply({ params, state }, batch)[0])(x)
      expect(traced.data).toEqual(run(layer, x).data)
    })
  }
)

describe('dense', () => {
  it('is x W + b', () => {
    const params = { weights: tensor([[1, 2, 3], [4, 5, 6]]), bias: tensor([10, 20, 30]) } // prettier-ignore
    const [y] = Net.dense(2, 3).apply({ params, state: [] }, tensor([[1, 1], [2, 0]])) // prettier-ignore
    expect([...y.data]).toEqual([15, 27, 39, 12, 24, 36])
  })

  it('starts within ±1 / √fanIn, as PyTorch does', () => {
    const { weights, bias } = Net.dense(25, 400).init(root).params as { weights: Tensor; bias: Tensor }
    expect([weights.shape, bias.shape]).toEqual([[25, 400], [400]])
    for (const { data } of [weights, bias]) {
      expect(Math.max(...data)).toBeLessThanOrEqual(0.2)
      expect(Math.max(...data)).toBeGreaterThan(0.19)
      expect(Math.min(...data)).toBeLessThan(-0.19)
    }
  })

  it('takes initializers, and leaves the bias out where told', () => {
    const layer = Net.dense(2, 2, { weights: Init.constant(3), bias: false })
    expect(Object.keys(layer.init(root).params)).toEqual(['weights'])
    expect([...run(layer, tensor([[1, 2]])).data]).toEqual([9, 9])
  })

  it('tells a misspelt option', () => {
    const layer = Net.dense(2, 2, { wieghts: Init.zeros } as object)
    expect(layer.problems).toMatchObject([{ path: ['wieghts'], hint: 'Did you mean weights?' }])
  })
})

describe('convolution', () => {
  it('adds one bias a channel', () => {
    const layer = Net.convolution(1, 2, { kernel: 2, weights: Init.ones })
    const { weights } = layer.init(root).params as { weights: Tensor }
    const [y] = layer.apply({ params: { weights, bias: tensor([100, 200]) }, state: [] }, tensor([1, 2, 3, 4], [1, 1, 2, 2])) // prettier-ignore
    expect([...y.data]).toEqual([110, 210])
  })

  it('starts with weights whose sums have the variance of their inputs, transposed or not', () => {
    const sd = (layer: Layer, x: Tensor): number => Math.sqrt(moment(run(layer, x).data, 2))
    const options = { kernel: 4, stride: 2, weights: Init.lecunNormal, bias: Init.zeros } // prettier-ignore
    expect(sd(Net.convolution(16, 16, options), image(4, 16, 12, 12))).toBeCloseTo(1, 0)
    // padding cuts the border off, where fewer elements meet
    expect(sd(Net.transposedConvolution(16, 16, { ...options, padding: 3 }), image(4, 16, 12, 12))).toBeCloseTo(1, 0)
  })

  it('collects problems of its options', () => {
    const faulty = Net.convolution(3, 4, { kernel: 0, padding: -1, strides: 2 } as any)
    expect(faulty.problems.map(({ path }) => path)).toEqual([['strides'], ['kernel'], ['padding']])
    expect(faulty.problems[0]!.hint).toBe('Did you mean stride?')
    expect(Net.convolution(3, 4, { kernel: 1, groups: 2 }).problems).toMatchObject([
      { path: ['inChannels'], expected: 'a multiple of 2 groups', actual: '3' }
    ])
  })

  it('refuses images that are too small', () => {
    const layer = Net.convolution(1, 1, { kernel: 5 })
    expect(() => run(layer, image(1, 1, 4, 9))).toThrow(
      /expected a batch of features images no smaller than the window/
    )
  })
})

describe('DCGAN', () => {
  it('goes from 64 latents to images of 28 x 28 and to a score', () => {
    const generator = Net.serial(
      Net.dense(64, 7 * 7 * 64),
      Net.reshape([64, 7, 7]),
      Net.batchNorm(64),
      Net.relu,
      Net.transposedConvolution(64, 32, { kernel: 4, stride: 2, padding: 1 }),
      Net.batchNorm(32),
      Net.relu,
      Net.transposedConvolution(32, 1, { kernel: 4, stride: 2, padding: 1 }),
      Net.tanh
    )
    const discriminator = Net.serial(
      Net.convolution(1, 32, { kernel: 4, stride: 2, padding: 1 }),
      Net.leakyRelu(0.2),
      Net.convolution(32, 64, { kernel: 4, stride: 2, padding: 1 }),
      Net.leakyRelu(0.2),
      Net.flatten,
      Net.dense(64 * 7 * 7, 1)
    )
    expect([...generator.problems, ...discriminator.problems]).toEqual([])
    expect([generator.input, generator.output]).toEqual([[64], [1, 28, 28]])
    expect(discriminator.fit(generator.output)).toMatchObject({ right: [1] })
    const images = run(generator, normal(root, [2, 64]), { training: true })
    expect(images.shape).toEqual([2, 1, 28, 28])
    expect(run(discriminator, images).shape).toEqual([2, 1])
    expect([generator.couplesSamples, discriminator.couplesSamples]).toEqual([true, false])
  })
})

describe('dropout', () => {
  const x = tensor(new Float32Array(10000).fill(3), [100, 100])
  const layer = Net.dropout(0.2)

  it('keeps the mean: survivors are scaled up', () => {
    const { data } = run(layer, x, { training: true, key: root })
    expect(new Set(data)).toEqual(new Set([0, Math.fround(3 * Math.fround(1.25))]))
    expect(data.filter((v) => v > 0).length / data.length).toBeCloseTo(0.8, 1)
  })

  it('has the mask of its key', () => {
    const mask = bernoulli(root, 0.8, [100, 100]).data
    run(layer, x, { training: true, key: root }).data.forEach((v, i) => expect(v > 0).toBe(mask[i] === 1))
    const other = run(layer, x, { training: true, key: key(6) }).data
    expect(other).not.toEqual(run(layer, x, { training: true, key: root }).data)
  })

  it('does nothing outside training', () => expect(run(layer, x).data).toEqual(x.data))

  it('asks for a key', () =>
    expect(() => run(layer, x, { training: true })).toThrow(/InvalidArgument in dropout\(0.2\): expected a key in training/)) // prettier-ignore
})

describe('batchNorm', () => {
  const layer = Net.batchNorm(2, { momentum: 0.1, epsilon: 0.5 })
  const x = tensor([[1, 10], [2, 10], [6, 40]]) // prettier-ignore
  const params = { scale: tensor([2, 1]), offset: tensor([0, -1]) }
  const state = { mean: tensor([5, 0]), variance: tensor([3.5, 1.5]) }

  it('in training standardizes by the batch', () => {
    const [{ data }] = layer.apply({ params, state, training: true }, x)
    // Means 3 and 20, biased variances 14/3 and 200.
    const expected = [1, 10, 2, 10, 6, 40].map((v, i) =>
      i % 2 === 0 ? (2 * (v - 3)) / Math.sqrt(14 / 3 + 0.5) : (v - 20) / Math.sqrt(200.5) - 1
    )
    data.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5))
  })

  it('moves its running statistics towards mean and unbiased variance', () => {
    const [, after] = layer.apply({ params, state, training: true }, x) as unknown as [Tensor, typeof state]
    const close = (tensor: Tensor, expected: readonly number[]): void =>
      tensor.data.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4))
    close(after.mean, [0.9 * 5 + 0.1 * 3, 0.1 * 20])
    close(after.variance, [0.9 * 3.5 + 0.1 * 7, 0.9 * 1.5 + 0.1 * 300])
  })

  it('outside training standardizes by the running statistics', () => {
    const [{ data }, after] = layer.apply({ params, state }, x)
    const expected = [1, 10, 2, 10, 6, 40].map((v, i) => (i % 2 === 0 ? (2 * (v - 5)) / 2 : v / Math.sqrt(2) - 1))
    data.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5))
    expect(after).toBe(state)
  })

  it('takes statistics of a channel over all pixels', () => {
    const images = tensor([1, 3, 5, 7], [2, 1, 1, 2])
    const [{ data }] = Net.batchNorm(1, { epsilon: 0 }).apply(
      { ...Net.batchNorm(1).init(root), training: true },
      images
    )
    data.forEach((value, i) => expect(value).toBeCloseTo((2 * i - 3) / Math.sqrt(5), 5))
  })

  it('survives a batch of one', () => {
    const [, after] = layer.apply({ params, state, training: true }, tensor([[1, 2]]))
    for (const leaf of treeLeaves(after)) expect([...leaf.data].every(Number.isFinite)).toBe(true)
  })

  it('has a gradient through the statistics of the batch, and none through the running ones', () => {
    const one = Net.batchNorm(1, { epsilon: 0 })
    const shifted = grad((z: Tensor) => sum(one.apply({ ...one.init(root), training: true }, z)[0]))(tensor([[1], [2], [6]])) // prettier-ignore
    // The sum of standardized numbers is 0, whatever they are.
    shifted.data.forEach((g) => expect(g).toBeCloseTo(0, 5))
    const kept = grad((z: Tensor) => sum((one.apply({ ...one.init(root), training: true }, z)[1] as { mean: Tensor }).mean)) // prettier-ignore
    expect([...kept(tensor([[1], [2]])).data]).toEqual([0, 0])
  })
})

describe('lambda', () => {
  it('sees trees and the context', () => {
    const scores = Net.lambda('pick', (x: { a: Tensor; b: Tensor }, { training }) => (training === true ? x.a : x.b))
    const x = { a: tensor([[1]]), b: tensor([[2]]) }
    expect(scores.apply({ params: [], state: [] }, x)[0].data[0]).toBe(2)
    expect(scores.apply({ params: [], state: [], training: true }, x)[0].data[0]).toBe(1)
    expect([scores.output, Net.lambda('same', (y) => y, { preserves: true }).preserves]).toEqual([undefined, true])
  })
})

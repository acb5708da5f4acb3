import { it as prop } from '@fast-check/vitest'
import * as E from '#fp-ts/Either'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mean } from '../../src/ops/reduction.ts'
import { square } from '../../src/ops/arithmetic.ts'
import type { Layer, Tree } from '../../src/nn/net.ts'
import * as Net from '../../src/nn/net.ts'
import { key, normal } from '../../src/random/random.ts'
import { makeTensor as tensor } from '../../src/tensor/makeTensor.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { treeLeaves } from '../../src/tensor/tree.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { grad } from '../../src/transform/grad.ts'

const root = key(3)
/** Layers whose fit is only known at run time. */
const untyped = (...layers: readonly Layer[]): Layer => Net.serial(...layers)
const run = (net: Layer, x: Tensor, more: object = {}): Tensor => net.apply({ ...net.init(root), ...more }, x)[0]

describe('serial', () => {
  const links: readonly Layer[] = [
    Net.dense(3, 3),
    Net.relu,
    Net.dropout(0.5),
    Net.batchNorm(3),
    Net.layerNorm(3),
    Net.tanh,
    Net.residual(Net.dense(3, 3)),
    untyped(),
    untyped(Net.leakyRelu(), Net.dense(3, 3))
  ]
  const link = fc.constantFrom(...links)
  const x = normal(key(1), [5, 3])

  const same = (a: Layer, b: Layer): void => {
    const context = { key: key(9), training: true }
    const [ya, sa] = a.apply({ ...a.init(root), ...context }, x)
    const [yb, sb] = b.apply({ ...b.init(root), ...context }, x)
    expect(ya.data).toEqual(yb.data)
    expect(sa).toEqual(sb)
    expect(a.init(root)).toEqual(b.init(root))
    expect([a.title, a.input, a.output]).toEqual([b.title, b.input, b.output])
  }

  prop.prop([link, link, link], { numRuns: 30 })('is associative, parameters included', (a, b, c) => {
    same(untyped(untyped(a, b), c), untyped(a, untyped(b, c)))
    same(untyped(a, b, c), untyped(a, untyped(b, c)))
  })

  prop.prop([link], { numRuns: 20 })('has serial() as its unit', (a) => {
    same(untyped(a, untyped()), untyped(a))
    same(untyped(untyped(), a), untyped(a))
  })

  it('is a function of its parameters, its input, and nothing else', () => {
    const net = Net.serial(Net.dense(3, 8), Net.relu, Net.dense(8, 1))
    expect(net.init(root)).toEqual(net.init(root))
    expect(net.init(key(4))).not.toEqual(net.init(root))
    expect(run(net, x).shape).toEqual([5, 1])
    const traced = evaluate((k: Tensor, batch: Tensor) => net.apply(net.init(k), batch)[0])(root, x)
    expect(traced.data).toEqual(run(net, x).data)
  })

  it('gives layers keys of their own', () => {
    const net = Net.serial(Net.dense(3, 3), Net.dense(3, 3))
    const [first, second] = treeLeaves(net.init(root).params).filter(({ shape }) => shape.length === 2)
    expect(first!.data).not.toEqual(second!.data)
    const masks = Net.serial(Net.dropout(0.5), Net.dropout(0.5)).apply(
      { params: [[], []], state: [[], []], key: root, training: true },
      tensor(new Float32Array(1000).fill(1), [1, 1000])
    )[0]
    expect(masks.data.filter((m) => m > 0).length / 1000).toBeCloseTo(0.25, 1)
  })

  it('knows its shapes before it runs', () => {
    const net = Net.serial(Net.tanh, Net.dense(2, 6), Net.reshape([6, 1, 1]), Net.upsample(4), Net.flatten)
    expect([net.input, net.output]).toEqual([[2], [96]])
    expect(run(net, tensor([[1, 2]])).shape).toEqual([1, 96])
    expect(untyped().output).toBeUndefined()
    expect(Net.serial(Net.relu, Net.tanh).preserves).toBe(true)
  })

  it('tells features it would give, for features it may be given', () => {
    const critic = Net.serial(
      Net.convolution(1, 8, { kernel: 4, stride: 2, padding: 1 }),
      Net.flatten,
      Net.dense(8 * 14 * 14, 1)
    )
    expect([critic.input, critic.output]).toEqual([undefined, [1]])
    expect(critic.accepts).toEqual([1, null, null])
    expect(critic.fit([1, 28, 28])).toEqual(E.right([1]))
    expect(critic.fit([1, 32, 32])).toEqual(
      E.left({ expected: '[1568] for layer 2, dense(1568, 1)', actual: '[2048]', hint: 'Make it dense(2048, 1)' })
    )
    expect(critic.fit([3, 28, 28])).toMatchObject({ left: { expected: expect.stringContaining('[1, ?, ?] for layer 0') } }) // prettier-ignore
  })
})

describe('misfits', () => {
  it('are problems of the network, all of them', () => {
    const net = untyped(Net.dense(2, 64), Net.relu, Net.dense(32, 16), Net.reshape([3, 5]), Net.dense(15, 1))
    expect(net.problems).toEqual([
      {
        path: [2],
        expected: 'features [32] for layer 2, dense(32, 16)',
        actual: '[64] from layer 1, relu',
        hint: 'Make it dense(64, 16)'
      },
      {
        path: [3],
        expected: 'features of 15 numbers in all, for [3, 5] for layer 3, reshape([3, 5])',
        actual: '[16] from layer 2, dense(32, 16)',
        hint: 'Make the sizes agree'
      },
      {
        path: [4],
        expected: 'features [15] for layer 4, dense(15, 1)',
        actual: '[3, 5] from layer 3, reshape([3, 5])',
        hint: 'Put Net.flatten before it'
      }
    ])
  })

  it('keep their path from layers within', () => {
    expect(untyped(Net.relu, Net.dense(0, 3)).problems).toMatchObject([{ path: [1, 'inFeatures'], actual: '0' }])
    expect(Net.residual(untyped(Net.dense(2, 3), Net.relu) as Layer<unknown, any>).problems).toMatchObject([
      { path: ['inner'], actual: '[3]' }
    ])
  })

  it('that only show at run time name the layer', () => {
    const net = Net.serial(Net.flatten, Net.dense(4, 8), Net.relu)
    expect(() => run(net, tensor([[1, 2, 3]]))).toThrow(
      /ShapeMisfit in layer 1, dense\(4, 8\): expected a batch of features \[4\]; got features \[3\] in \[1, 3\]. Make it dense\(3, 8\)/
    )
    expect(() => run(Net.dense(2, 1), tensor(1))).toThrow(/expected a batch, whose first axis counts samples; got a scalar/) // prettier-ignore
    expect(() => net.apply({ params: [], state: [] }, tensor([[1, 2, 3, 4]]))).toThrow(/InvalidTree in serial/)
  })

  it('keep a faulty layer from running', () => {
    expect(() => Net.dense(0.5, 1).init(root)).toThrow(/InvalidArgument in dense\(0.5, 1\): expected a whole number/)
  })
})

describe('gradients', () => {
  it('reach every parameter of a network, and agree with difference quotients', () => {
    const net = Net.serial(
      Net.dense(3, 4),
      Net.batchNorm(4),
      Net.softplus,
      Net.residual(Net.serial(Net.layerNorm(4), Net.dense(4, 4))),
      Net.dense(4, 1)
    )
    const { params: made, state } = net.init(root)
    const params = made as readonly Tree[]
    const x = normal(key(2), [6, 3])
    const loss = (p: readonly Tree[]): Tensor => mean(square(net.apply({ params: p, state, training: true }, x)[0]))
    const wide = { precision: 'float64' } as const
    const gradient = evaluate(grad(loss), wide)(params)
    treeLeaves(gradient).forEach((g, leaf) => {
      const moved = (by: number): number => {
        const shifted = structuredClone(params)
        const target = treeLeaves(shifted)[leaf]! as { data: Float64Array }
        target.data = Float64Array.from(target.data)
        target.data[0]! += by
        return evaluate(loss, wide)(shifted).data[0]!
      }
      expect(g.data[0]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 7)
    })
  })
})

describe('draw', () => {
  it('prints a table', () => {
    const critic = Net.serial(
      Net.convolution(1, 64, { kernel: 4, stride: 2, padding: 1 }),
      Net.leakyRelu(0.2),
      Net.flatten,
      Net.dense(64 * 14 * 14, 1)
    )
    expect(`\n${Net.show(critic)}`).toMatchInlineSnapshot(`
      "
      layer                                         output      parameters
      input                                         [1, ?, ?]
      convolution(1, 64, 4x4, stride 2, padding 1)  [64, ?, ?]       1,088
      leakyRelu(0.2)                                [64, ?, ?]           0
      flatten                                       [?]                  0
      dense(12544, 1)                               [1]             12,545
      total                                                         13,633"
    `)
  })

  it('prints problems below', () => {
    expect(`\n${Net.show(untyped(Net.dense(2, 64), Net.dense(32, 0)))}`).toMatchInlineSnapshot(`
      "
      layer         output    parameters
      input         [2]
      dense(2, 64)  [64]             192
      dense(32, 0)  anything           ?
      total                            ?
      problem at [1].outFeatures: expected a whole number of at least 1; got 0. Change outFeatures"
    `)
  })

  it('counts what batch norm learns, not what it remembers', () =>
    expect(Net.countParameters(Net.batchNorm(7))).toBe(14))
})

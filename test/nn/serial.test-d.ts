import { assertType, describe, expectTypeOf, it } from 'vitest'
import * as Net from '../../src/nn/net.ts'
import type { Layer } from '../../src/nn/net.ts'

describe('the types of networks', () => {
  it('carry feature shapes through shape-preserving layers', () => {
    const net = Net.serial(Net.dense(2, 64), Net.relu, Net.dropout(0.1), Net.layerNorm(64), Net.dense(64, 1))
    expectTypeOf(net).toEqualTypeOf<Layer<readonly [2], readonly [1]>>()
  })

  it('carry them through a network of images', () => {
    const generator = Net.serial(
      Net.dense(64, 7 * 7 * 64),
      Net.reshape([64, 7, 7]),
      Net.batchNorm(64),
      Net.relu,
      Net.transposedConvolution(64, 32, { kernel: 4, stride: 2, padding: 1 }),
      Net.upsample(2),
      Net.convolution(32, 1, { kernel: 3, padding: 1 }),
      Net.tanh
    )
    expectTypeOf(generator).toEqualTypeOf<Layer<readonly [64], readonly [1, number, number]>>()
  })

  it('refuse layers that do not suit each other', () => {
    // @ts-expect-error -- 64 numbers into a layer for 32
    Net.serial(Net.dense(2, 64), Net.relu, Net.dense(32, 1))
    // @ts-expect-error -- a vector into a convolution
    Net.serial(Net.dense(2, 64), Net.convolution(64, 1, { kernel: 3 }))
    const images = Net.convolution(1, 8, { kernel: 3 })
    // @ts-expect-error -- an image into a dense layer
    Net.serial(images, Net.leakyRelu(0.2), Net.dense(8, 1))
    // @ts-expect-error -- channels that differ
    Net.serial(images, Net.avgPool({ window: 2 }), Net.convolution(16, 1, { kernel: 3 }))
    // @ts-expect-error -- batch norm of another number of channels
    Net.serial(images, Net.batchNorm(16))
    // @ts-expect-error -- networks that do not suit each other
    Net.serial(Net.serial(Net.dense(2, 3), Net.relu), Net.serial(Net.relu, Net.dense(4, 1)))
    // @ts-expect-error -- a residual branch that changes the features
    Net.residual(Net.dense(2, 3))
  })

  it('say what does not suit', () => {
    // @ts-expect-error -- the message names both shapes
    assertType<Parameters<typeof Net.serial<[Layer<unknown, readonly [64]>, Layer<readonly [32], readonly [1]>]>>>([Net.dense(2, 64), Net.dense(32, 1)]) // prettier-ignore
  })

  it('let through what they cannot know', () => {
    const width: number = 32
    Net.serial(Net.dense(2, width), Net.relu, Net.dense(width, 1))
    Net.serial(Net.flatten, Net.dense(784, 1))
    Net.serial(
      Net.dense(2, 64),
      Net.lambda('own', (x) => x),
      Net.dense(32, 1)
    )
    const many: readonly Layer[] = [Net.relu, Net.dense(2, 2)]
    expectTypeOf(Net.serial(...many)).toExtend<Layer>()
    expectTypeOf(Net.residual(Net.dense(3, 3))).toEqualTypeOf<Layer<readonly [3], { readonly same: true }>>()
  })

  it('hold for networks of twenty layers and more', () => {
    const step = Net.dense(4, 4)
    const net = Net.serial(
      ...([Net.dense(2, 4), step, step, step, step, step, step, step, step, step, step, step, step] as const),
      ...([Net.relu, step, Net.tanh, step, Net.relu, step, Net.relu, step, Net.relu, Net.dense(4, 1)] as const)
    )
    expectTypeOf(net).toEqualTypeOf<Layer<readonly [2], readonly [1]>>()
  })
})

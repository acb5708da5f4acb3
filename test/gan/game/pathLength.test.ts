import { describe, expect, it } from 'vitest'
import { Gan, Random, Reg, broadcastTo, reshape, zeros } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'

describe('path length', () => {
  it.each([
    ['an image of 3 channels', [3, 8, 8], 64],
    ['an image of 1 channel', [1, 8, 8], 64],
    ['a vector', [48], 1]
  ])('projects on normal directions over the root of the number of pixels: %s', (_, features, pixels) => {
    const batch = 40
    let cotangent: Tensor | undefined
    const ones = features.map(() => 1)
    const G = (z: Tensor): Tensor => broadcastTo(reshape(z, [batch, ...ones]), [batch, ...features])
    const play = Gan.createPlay({
      networks: { generator: (z) => G(z as Tensor), discriminator: (x) => x as Tensor },
      real: () => zeros([batch, ...features]),
      latent: Random.normal(Random.key(1), [batch, 1]),
      key: Random.key(2),
      step: zeros([], 'int32'),
      onDraw: (name, value) => {
        if (name === 'pathLength/cotangent') cotangent = value
      }
    })
    Reg.pathLength()[0]!.term(play('pathLength', 0))
    const { shape, data } = cotangent!
    expect(shape).toEqual([batch, ...features])
    const variance = Array.from(data).reduce((sum, y) => sum + y * y, 0) / data.length
    // The variance of n normals deviates by √(2/n); five times that happens once in a million.
    expect(Math.abs(variance * pixels - 1)).toBeLessThan(5 * Math.sqrt(2 / data.length))
  })
})

/** Layers that the literature names, each against its formula written out in loops. */
import { describe, expect, it } from 'vitest'
import { E } from '../../src/index.ts'
import type { Context, Layer, Tree } from '../../src/nn/layer.ts'
import * as Net from '../../src/nn/net.ts'
import { key, normal } from '../../src/random/random.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'

const drawn = (seed: number, ...shape: readonly number[]): Tensor => normal(key(seed), shape)
const applied = (layer: Layer<any, any>, params: Tree, x: Tensor, more: Partial<Context> = {}): Tensor =>
  layer.apply({ params, state: [], ...more }, x)[0]
/** The element of a tensor at some indices. */
const at = ({ shape, data }: Tensor, ...index: readonly number[]): number =>
  data[shape.reduce((place, extent, i) => place * extent + index[i]!, 0)]!
const each = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i)
const total = (n: number, f: (i: number) => number): number => each(n).reduce((sum, i) => sum + f(i), 0)
/** Every element of y is what f says. */
const expectEach = (y: Tensor, shape: readonly number[], f: (...index: readonly number[]) => number): void => {
  expect(y.shape).toEqual(shape)
  const walk = (index: readonly number[]): void => {
    if (index.length < shape.length) for (const i of each(shape[index.length]!)) walk([...index, i])
    else expect(at(y, ...index)).toBeCloseTo(f(...index), 4)
  }
  walk([])
}
const fitOf = (layer: Layer<any, any>, ...features: readonly number[]): unknown =>
  E.isRight(layer.fit(features)) ? layer.fit(features) : undefined

describe('pixelNorm', () => {
  it('divides by the root mean square over channels', () => {
    const x = drawn(1, 2, 3, 2, 2)
    const rms = (n: number, h: number, w: number): number =>
      Math.sqrt(total(3, (c) => at(x, n, c, h, w) ** 2) / 3 + 0.5)
    expectEach(applied(Net.pixelNorm({ epsilon: 0.5 }), [], x), [2, 3, 2, 2], (n, c, h, w) => at(x, n, c, h, w) / rms(n, h, w)) // prettier-ignore
    expect([fitOf(Net.pixelNorm(), 3, 2), fitOf(Net.pixelNorm())]).toMatchObject([{ right: [3, 2] }, undefined])
  })
})

describe('maxout', () => {
  it('is the largest of affine maps', () => {
    const [x, weights, bias] = [drawn(1, 4, 3), drawn(2, 3, 3, 2), drawn(3, 3, 2)]
    const map = (n: number, o: number, p: number): number => total(3, (i) => at(x, n, i) * at(weights, p, i, o)) + at(bias, p, o) // prettier-ignore
    expectEach(applied(Net.maxout(3, 2, { pieces: 3 }), { weights, bias }, x), [4, 2], (n, o) =>
      Math.max(...each(3).map((p) => map(n, o, p)))
    )
    expect([fitOf(Net.maxout(3, 2), 3), fitOf(Net.maxout(3, 2), 4)]).toMatchObject([{ right: [2] }, undefined])
    expect([Net.maxout(3, 2).input, Net.maxout(3, 2).output]).toEqual([[3], [2]])
  })
})

describe('noise', () => {
  const layer = Net.noise(2)
  it('adds one number a pixel, times a strength a channel, where there is a key', () => {
    const x = drawn(1, 2, 2, 2, 3)
    const strength = drawn(2, 2)
    const y = applied(layer, { strength }, x, { key: key(7) })
    const added = (n: number, c: number, h: number, w: number): number => (at(y, n, c, h, w) - at(x, n, c, h, w)) / at(strength, c) // prettier-ignore
    expectEach(y, [2, 2, 2, 3], (n, c, h, w) => at(x, n, c, h, w) + at(strength, c) * added(n, 0, h, w))
    expect(new Set(each(6).map((i) => added(0, 0, Math.floor(i / 3), i % 3).toFixed(3))).size).toBe(6)
    expect(applied(layer, { strength }, x)).toEqual(x)
    expect([fitOf(layer, 2, 3, 3), fitOf(layer, 3, 3, 3)]).toMatchObject([{ right: [2, 3, 3] }, undefined])
  })
})

describe('blurPool', () => {
  it.each(['zeros', 'reflection'] as const)(
    'correlates with the kernel and keeps every second pixel: %s',
    (paddingMode) => {
      const x = drawn(1, 2, 2, 5, 4)
      const kernel = [1, 2, 4]
      const pixel = (n: number, c: number, h: number, w: number): number => {
        const inside = (i: number, extent: number): number => (i < 0 ? -i : i >= extent ? 2 * extent - 2 - i : i)
        const isOut = h < 0 || h >= 5 || w < 0 || w >= 4
        return isOut && paddingMode === 'zeros' ? 0 : at(x, n, c, inside(h, 5), inside(w, 4))
      }
      const layer = Net.blurPool({ kernel, padding: [1, 2], paddingMode })
      expectEach(applied(layer, [], x), [2, 2, 3, 3], (n, c, h, w) =>
        total(3, (i) => total(3, (j) => (kernel[i]! * kernel[j]! * pixel(n, c, 2 * h + i - 1, 2 * w + j - 1)) / 49))
      )
      expect(fitOf(layer, 7, 5, 4)).toMatchObject({ right: [7, 3, 3] })
    }
  )
  it('pads by the kernel where nothing is said, more behind than before', () => {
    expect(fitOf(Net.blurPool(), 2, 8, 7)).toMatchObject({ right: [2, 4, 4] })
    const row = (place: number): Tensor => ({ shape: [1, 1, 1, 4], dtype: 'float32', data: Float32Array.from(each(4), (i) => (i === place ? 1 : 0)) }) // prettier-ignore
    const layer = Net.blurPool({ kernel: [1, 1], stride: 1 })
    expect([...applied(layer, [], row(0)).data].map((v) => v > 0)).toEqual([true, false, false, false])
    expect([...applied(layer, [], row(3)).data].map((v) => v > 0)).toEqual([false, false, true, true])
  })
})

describe('selfAttention', () => {
  it('adds gamma times what each position takes from all', () => {
    const x = drawn(1, 2, 3, 2, 2)
    const maps = { f: drawn(2, 2, 3, 1, 1), g: drawn(3, 2, 3, 1, 1), h: drawn(4, 4, 3, 1, 1), v: drawn(5, 3, 4, 1, 1), gamma: drawn(6) } // prettier-ignore
    const seen = (map: Tensor, n: number, o: number, i: number): number => total(3, (c) => at(map, o, c, 0, 0) * at(x, n, c, Math.floor(i / 2), i % 2)) // prettier-ignore
    const weight = (n: number, i: number, j: number): number => Math.exp(total(2, (k) => seen(maps.f, n, k, i) * seen(maps.g, n, k, j))) // prettier-ignore
    const taken = (n: number, o: number, j: number): number => total(4, (i) => (weight(n, i, j) / total(4, (k) => weight(n, k, j))) * seen(maps.h, n, o, i)) // prettier-ignore
    const layer = Net.selfAttention(3, { inner: 2, valueChannels: 4 })
    expectEach(applied(layer, maps, x), [2, 3, 2, 2], (n, c, h, w) =>
      at(x, n, c, h, w) + at(maps.gamma) * total(4, (o) => at(maps.v, c, o, 0, 0) * taken(n, o, 2 * h + w))
    ) // prettier-ignore
  })
  it('begins as the identity, of images with its channels alone', () => {
    const layer = Net.selfAttention(3)
    const x = drawn(1, 1, 3, 2, 2)
    expect([...applied(layer, layer.init(key(1)).params, x).data]).toEqual([...x.data])
    expect([fitOf(layer, 3, 2, 2), fitOf(layer, 2, 2, 2)]).toMatchObject([{ right: [3, 2, 2] }, undefined])
  })
})

describe('styles', () => {
  const [x, style] = [drawn(1, 2, 2, 3, 3), drawn(2, 2, 4)]
  it.each([true, false])('modulate the kernel of a sample: demodulated %s', (demodulate) => {
    const [weights, styleWeights, styleBias] = [drawn(3, 3, 2, 3, 3), drawn(4, 4, 2), drawn(5, 2)]
    const layer = Net.modulatedConvolution(2, 3, { kernel: 3, style: 4, padding: [0, 1], demodulate, epsilon: 0.25 })
    const scale = (n: number, i: number): number => total(4, (k) => at(style, n, k) * at(styleWeights, k, i)) + at(styleBias, i) // prettier-ignore
    const own = (n: number, o: number, i: number, a: number, b: number): number => scale(n, i) * at(weights, o, i, a, b)
    const norm = (n: number, o: number): number => demodulate ? Math.sqrt(total(2, (i) => total(9, (k) => own(n, o, i, Math.floor(k / 3), k % 3) ** 2)) + 0.25) : 1 // prettier-ignore
    const pixel = (n: number, i: number, h: number, w: number): number => (w < 0 || w > 2 ? 0 : at(x, n, i, h, w))
    const y = applied(layer, { weights, styleWeights, styleBias }, x, { style })
    expectEach(y, [2, 3, 1, 3], (n, o, h, w) =>
      total(2, (i) => total(9, (k) => own(n, o, i, Math.floor(k / 3), k % 3) * pixel(n, i, h + Math.floor(k / 3), w + (k % 3) - 1))) / norm(n, o)
    ) // prettier-ignore
    expect([fitOf(layer, 2, 3, 3), fitOf(layer, 3, 3, 3)]).toMatchObject([{ right: [3, 1, 3] }, undefined])
  })
  it('scale and shift what is standardized', () => {
    const layer = Net.adaptiveInstanceNorm(2, 4, { epsilon: 0.1 })
    const [weights, bias] = [drawn(3, 4, 4), drawn(4, 4)]
    const told = (n: number, o: number): number => total(4, (k) => at(style, n, k) * at(weights, k, o)) + at(bias, o)
    const mean = (n: number, c: number): number => total(9, (i) => at(x, n, c, Math.floor(i / 3), i % 3)) / 9
    const variance = (n: number, c: number): number => total(9, (i) => (at(x, n, c, Math.floor(i / 3), i % 3) - mean(n, c)) ** 2) / 9 // prettier-ignore
    expectEach(applied(layer, { weights, bias }, x, { style }), [2, 2, 3, 3], (n, c, h, w) =>
      told(n, c) * ((at(x, n, c, h, w) - mean(n, c)) / Math.sqrt(variance(n, c) + 0.1)) + told(n, 2 + c)
    ) // prettier-ignore
    const { params } = layer.init(key(1))
    expect([...(params as unknown as { readonly bias: Tensor }).bias.data]).toEqual([1, 1, 0, 0])
  })
  it('come from withStyle, or are missed in words', () => {
    const layer = Net.adaptiveInstanceNorm(2, 4)
    const { params } = layer.init(key(1))
    expect(() => applied(layer, params, x)).toThrow('expected a style; got none. Net.withStyle(')
    for (const other of [drawn(1, 2, 3), drawn(1, 3, 4), drawn(1, 2, 4, 1)])
      expect(() => applied(layer, params, x, { style: other })).toThrow('expected a style [2, 4]')
  })
  it('withStyle runs both networks, each with params, state and key of its own', () => {
    const heard: (readonly [string, Context])[] = []
    const listen = (name: string): Layer<any, any> =>
      Net.layer<unknown, unknown, Tree, Tree>({
        name,
        init: () => ({ params: { of: drawn(1) }, state: { of: drawn(2) } }),
        apply: (context, z) => {
          heard.push([name, context])
          return [z, { of: drawn(name === 'mapping' ? 3 : 4) }]
        }
      })
    const net = Net.withStyle(listen('mapping'), listen('synthesis'))
    const made = net.init(key(1))
    const [y, state] = net.apply({ ...made, key: key(2), training: true }, style)
    expect(y).toBe(style)
    expect(state).toEqual({ mapping: { of: drawn(3) }, synthesis: { of: drawn(4) } })
    const [[, first], [, second]] = heard as [readonly [string, Context], readonly [string, Context]]
    expect(heard.map(([name]) => name)).toEqual(['mapping', 'synthesis'])
    expect([first.style, second.style, second.training]).toEqual([undefined, style, true])
    expect([...first.key!.data]).not.toEqual([...second.key!.data])
    net.apply(made, style)
    expect(heard.slice(2).map(([, context]) => context.key)).toEqual([undefined, undefined])
  })
  it('a constant is the same for each sample', () => {
    const features = drawn(1, 2, 3)
    const layer = Net.constant([2, 3])
    expectEach(applied(layer, { constant: features }, drawn(2, 4, 7)), [4, 2, 3], (_, i, j) => at(features, i, j))
    expect([layer.output, fitOf(layer, 9)]).toMatchObject([[2, 3], { right: [2, 3] }])
    expect(fitOf(Net.withStyle(Net.dense(9, 4), layer), 9)).toMatchObject({ right: [2, 3] })
    expect(fitOf(Net.withStyle(Net.dense(9, 4), layer), 8)).toBeUndefined()
  })
})

describe('appendCondition', () => {
  it('fits what it can be appended to', () => {
    expect(fitOf(Net.appendCondition([2]), 5)).toMatchObject({ right: [7] })
    expect(fitOf(Net.appendCondition([2]), 5, 4, 4)).toMatchObject({ right: [7, 4, 4] })
    expect(fitOf(Net.appendCondition([2]))).toBeUndefined()
    expect(fitOf(Net.appendCondition([3, 4, 4]), 5, 4, 4)).toMatchObject({ right: [8, 4, 4] })
    expect(fitOf(Net.appendCondition([3, 4, 4]), 5, 4, 5)).toBeUndefined()
    expect(Net.appendCondition([2]).fit(undefined)).toMatchObject({ right: undefined })
  })
})

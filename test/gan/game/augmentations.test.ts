/** Augmentations on their own: laws, what is drawn how often, and shapes that do not suit. */
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { Augment, Random, add, evaluate, grad, mul, ones, square, sum, tensor } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'

const maxDifference = (x: Tensor, y: Tensor): number => errorAgainst(x.data, y.data)

const images = (n: number, channels: number, h: number, w: number, seed = 1): Tensor =>
  Random.normal(Random.key(seed), [n, channels, h, w])
const everything: readonly Augment.AdaGroup[] = ['blit', 'geometry', 'colour', 'filter', 'corruption']
const chance = (seed: number, probability = 1): Augment.GivenChance => ({ key: Random.key(seed), probability })

describe('chains', () => {
  const [a, b, c] = [
    Augment.of('a', (x, { key }) => add(x, Random.normal(key, x.shape))),
    Augment.of('b', (x, { key }) => mul(x, Random.normal(key, x.shape))),
    Augment.diffAugment()
  ]
  const x = images(2, 3, 8, 8)
  it('are associative, with the empty one as unit', () => {
    const whole = Augment.serial(a, b, c).apply(chance(3), x)
    for (const other of [
      Augment.serial(Augment.serial(a, b), c),
      Augment.serial(a, Augment.serial(b, c), Augment.serial())
    ])
      expect(other.apply(chance(3), x)).toEqual(whole)
    expect(Augment.serial().apply(chance(3), x)).toEqual(x)
  })
  it('refuse what changes the shape, and what is none', () => {
    expect(() => Augment.of('sums', (y) => sum(y)).apply(chance(0), x)).toThrow(
      'Augment.sums: expected samples [2, 3, 8, 8]'
    )
    expect(() => Augment.serial(5 as never).apply(chance(0), x)).toThrow('an augmentation')
  })
})

describe('ADA', () => {
  it('leaves images as they are with probability 0', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 99 }),
        fc.constantFrom(1, 3),
        fc.integer({ min: 1, max: 9 }),
        (seed, channels, h) => {
          const x = images(2, channels, h, 7, seed)
          const y = evaluate((at: Tensor) => Augment.ada({ groups: everything }).apply(chance(seed, 0), at), {
            precision: 'float64'
          })(x)
          expect(maxDifference(y, x)).toBeLessThan(1e-6)
        }
      ),
      { numRuns: 20 }
    )
  })
  it.each(everything)('changes images by the group %s alone', (group) => {
    const x = images(8, 3, 8, 8)
    expect(maxDifference(Augment.ada({ groups: [group] }).apply(chance(1), x), x)).toBeGreaterThan(0.1)
  })
  it('acts as often as it is told, times the factor of a transformation', () => {
    const x = images(4000, 1, 1, 2)
    const changed = (probability: number, factor: number): number => {
      const ada = Augment.ada({ groups: [], multipliers: { flip: factor } })
      const y = ada.apply(chance(2, probability), x)
      return (
        x.data.filter((value: number, i: number) => i % 2 === 0 && Math.abs(value - y.data[i]!) > 1e-4).length / 4000
      )
    }
    // Half of the flips are none; the frequency deviates by less than √(p (1 - p) / 4000) times five.
    expect(Math.abs(changed(1, 1) - 0.5)).toBeLessThan(0.04)
    expect(Math.abs(changed(0.6, 1) - 0.3)).toBeLessThan(0.037)
    expect(Math.abs(changed(0.6, 0.5) - 0.15)).toBeLessThan(0.029)
    expect(changed(1, 0)).toBe(0)
  })
  it('draws one fate for each image, another one for each key', () => {
    const x = mul(ones([6, 1, 4, 4]), 0.5)
    const y = Augment.ada({ groups: ['colour'] }).apply(chance(1), x)
    expect(new Set(Array.from({ length: 6 }, (_, i) => y.data[16 * i])).size).toBe(6)
    expect(Augment.ada({ groups: ['colour'] }).apply(chance(2), x)).not.toEqual(y)
    expect(Augment.ada({ groups: ['colour'] }).apply(chance(1), x)).toEqual(y)
  })
  it('knows no hue of greys', () => {
    const colours = { brightness: 0, contrast: 0, lumaFlip: 0 }
    const x = images(3, 1, 4, 4)
    expect(
      maxDifference(Augment.ada({ groups: ['colour'], multipliers: colours }).apply(chance(1), x), x)
    ).toBeLessThan(1e-6)
  })
})

describe('the filter', () => {
  it('leaves images as they are at gains of 1, whatever their extent', () => {
    for (const [h, w] of [
      [1, 1],
      [2, 5],
      [28, 50]
    ] as const) {
      const x = images(2, 2, h, w)
      expect(maxDifference(Augment.filter(x, tensor([1, 1, 1, 1])), x)).toBeLessThan(1e-5)
    }
  })
  it('amplifies a constant by the lowest band, along both axes', () => {
    const y = Augment.filter(ones([1, 1, 6, 6]), tensor([2, 0, 0, 0]))
    for (const value of y.data) expect(value).toBeCloseTo(4, 4)
  })
})

describe('movements', () => {
  const x = images(3, 2, 5, 5)
  it('of whole pixels and quarters are those that read single pixels', () => {
    const shift = tensor([[1, 0], [0, -2], [3, 1]]) // prettier-ignore
    expect(maxDifference(Augment.affine(x, { shift }), Augment.translate(x, shift))).toBeLessThan(1e-5)
    const quarters = tensor([1, 2, 3])
    expect(maxDifference(Augment.affine(x, { quarters }), Augment.rotate90(x, quarters))).toBeLessThan(1e-5)
    expect(maxDifference(Augment.affine(x, { flip: 1 }), Augment.flip(x, 1))).toBeLessThan(1e-5)
  })
  it('turn the same way by quarters and by radians', () => {
    const turned = Augment.affine(x, { rotatePre: Math.PI / 2 })
    expect(maxDifference(turned, Augment.rotate90(x, 1))).toBeLessThan(1e-5)
  })
  it('refuse turns of images that are not square, and parameters of other images', () => {
    expect(() => Augment.rotate90(images(1, 1, 2, 3), 1)).toThrow('images [N, C, H, H]')
    expect(() => Augment.flip(x, tensor([1, 0]))).toThrow('flipped float32 [3]')
    expect(() => Augment.affine(x, { shift: tensor([1, 2, 3]) })).toThrow('shift float32 [3, 2]')
    expect(() => Augment.colour(images(1, 2, 2, 2), { hue: 1 })).toThrow('images [N, 3, H, W]')
  })
})

it('DiffAugment moves by up to an eighth and cuts half of the extent', () => {
  const x = add(square(images(200, 1, 16, 16)), 1)
  const cut = Augment.diffAugment({ policy: ['cutout'] }).apply(chance(1), x)
  for (let n = 0; n < 200; n++) {
    const zeros = cut.data.slice(256 * n, 256 * (n + 1)).filter((value: number) => value === 0).length
    expect(zeros).toBeGreaterThanOrEqual(1)
    expect(zeros).toBeLessThanOrEqual(64)
  }
  const moved = Augment.diffAugment({ policy: ['translation'] }).apply(chance(1), x)
  const firstRows = Array.from({ length: 200 }, (_, n) =>
    Array.from({ length: 16 }, (_u, r) => moved.data.slice(256 * n + 16 * r, 256 * n + 16 * r + 16)).findIndex((row) =>
      row.some((value: number) => value !== 0)
    )
  )
  expect(new Set(firstRows)).toEqual(new Set([0, 1, 2]))
})

it('gradients reach every image that is augmented', () => {
  const x = images(4, 3, 8, 8)
  const through = (augmentation: Augment.Augmentation) => (at: Tensor) => sum(square(augmentation.apply(chance(4), at)))
  for (const augmentation of [Augment.ada({ groups: everything }), Augment.diffAugment()]) {
    const slopes = grad(through(augmentation))(x)
    for (let n = 0; n < 4; n++)
      expect(slopes.data.slice(192 * n, 192 * (n + 1)).some((value: number) => value !== 0)).toBe(true)
  }
})

/** Warps without aliases, against the published code's steps written out: pad, upsample, sample, downsample. */
import { describe, expect, it } from 'vitest'
import { Augment, Random, evaluate, mul, sin, tensor } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'

const sym6 = [
  0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633, 0.4910559419267466,
  0.787641141030194, 0.3379294217276218, -0.07263752278646252, -0.021060292512300564, 0.04472490177066578,
  0.0017677118642428036, -0.007800708325034148
]
const sum = sym6.reduce((a, b) => a + b)
const taps = sym6.map((tap) => tap / sum)

type Plane = (row: number, column: number) => number

/** upfirdn2d's upsampling by 2 of an image that is endless: zeros between pixels, convolved by twice the filter each way. */
const upsampled = (x: Plane): Plane => {
  const between: Plane = (r, c) => (r % 2 === 0 && c % 2 === 0 ? x(r / 2, c / 2) : 0)
  return (r, c) => {
    let total = 0
    taps.forEach((a, i) => {
      taps.forEach((b, j) => {
        total += 4 * a * b * between(r + 5 - i, c + 5 - j)
      })
    })
    return total
  }
}

const bilinear = (y: Plane, row: number, column: number): number => {
  const [r, c] = [Math.floor(row), Math.floor(column)]
  const [p, q] = [row - r, column - c]
  return (1 - p) * ((1 - q) * y(r, c) + q * y(r, c + 1)) + p * ((1 - q) * y(r + 1, c) + q * y(r + 1, c + 1))
}

/** The warp of one image, zeros outside, at the centre's coordinates: P takes a pixel of the result to its place in x. */
const byHand = (x: Plane, [h, w]: readonly [number, number], P: readonly number[]): readonly number[] => {
  const cache = new Map<string, number>()
  const fine = upsampled(x)
  const y: Plane = (r, c) => {
    const key = `${String(r)} ${String(c)}`
    if (!cache.has(key)) cache.set(key, fine(r, c))
    return cache.get(key)!
  }
  const sample: Plane = (r, c) => {
    // Pixel r of the fine result is pixel (r - 6) / 2 of the result, r counted from 6 before its first.
    const [px, py] = [(c - 6) / 2 - (w - 1) / 2, (r - 6) / 2 - (h - 1) / 2]
    const column = P[0]! * px + P[1]! * py + P[2]! + (w - 1) / 2
    const row = P[3]! * px + P[4]! * py + P[5]! + (h - 1) / 2
    return bilinear(y, 2 * row, 2 * column)
  }
  const samples = new Map<string, number>()
  const s: Plane = (r, c) => {
    const key = `${String(r)} ${String(c)}`
    if (!samples.has(key)) samples.set(key, sample(r, c))
    return samples.get(key)!
  }
  return Array.from({ length: h * w }, (_, at) => {
    const [i, j] = [Math.floor(at / w), at % w]
    let total = 0
    taps.forEach((a, m) => {
      taps.forEach((b, n) => {
        total += a * b * s(2 * i + 1 + m, 2 * j + 1 + n)
      })
    })
    return total
  })
}

const warp = (x: Tensor, movement: Augment.Movement, padding: 'zeros' | 'reflection'): readonly number[] => [
  ...evaluate((at: Tensor) => Augment.affine(at, movement, { padding, lowPass: true }), { precision: 'float64' })(x)
    .data
]

describe('a warp without aliases', () => {
  const [h, w] = [7, 9] as const
  const x = Random.normal(Random.key(1), [1, 1, h, w])
  const zeros: Plane = (r, c) => (r < 0 || c < 0 || r >= h || c >= w ? 0 : x.data[r * w + c]!)
  const fold = (place: number, extent: number): number => {
    const phase = Math.abs(place) % (2 * extent - 2)
    return Math.min(phase, 2 * extent - 2 - phase)
  }
  const reflected: Plane = (r, c) => x.data[fold(r, h) * w + fold(c, w)]!

  it.each<readonly [string, Augment.Movement, readonly number[]]>([
    ['nothing', { flip: 0 }, [1, 0, 0, 0, 1, 0]],
    ['half a pixel', { shift: tensor([[0.5, -0.25]]) }, [1, 0, -0.5, 0, 1, 0.25]],
    ['twice as large', { scale: 2 }, [0.5, 0, 0, 0, 0.5, 0]],
    ['half as large, mirrored', { flip: 1, scale: 0.5 }, [-2, 0, 0, 0, 2, 0]],
    ['turned', { rotatePre: 0.7 }, [Math.cos(0.7), -Math.sin(0.7), 0, Math.sin(0.7), Math.cos(0.7), 0]]
  ])('is what the published code computes, zeros outside: %s', (_, movement, P) => {
    const expected = byHand(zeros, [h, w], P)
    warp(x, movement, 'zeros').forEach((y, i) => expect(y).toBeCloseTo(expected[i]!, 5))
  })

  it('mirrors outside, and is all but exact where images move by whole pixels', () => {
    // Content moves 2 to the right and 1 up.
    const moved = warp(x, { shift: tensor([[2, -1]]) }, 'reflection')
    moved.forEach((y, at) => expect(Math.abs(y - reflected(Math.floor(at / w) + 1, (at % w) - 2))).toBeLessThan(0.25))
    expect(moved[3 * w + 5]).toBeCloseTo(reflected(4, 3), 3)
    expect(warp(x, { flip: 0 }, 'reflection')).toEqual([...x.data])
  })

  it('keeps what lies between pixels smooth: a wave near the highest frequency, half a pixel on', () => {
    const n = 32
    const wave = (offset: number): Tensor => sin(mul(0.7 * Math.PI, tensor(Array.from({ length: n * n }, (_, i) => (i % n) + offset), [1, 1, n, n]))) // prettier-ignore
    const exact = wave(-0.5).data
    const shift = { shift: tensor([[0.5, 0]]) }
    const error = (y: ArrayLike<number>): number => {
      const inside = Array.from({ length: n }, (_, i) => i).slice(8, 24)
      return Math.max(...inside.map((i) => Math.abs(y[16 * n + i]! - exact[16 * n + i]!)))
    }
    expect(error(warp(wave(0), shift, 'reflection'))).toBeLessThan(0.5 * error(Augment.affine(wave(0), shift).data))
  })
})

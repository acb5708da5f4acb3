/** Ops on images against loops over their pixels. */
import { describe, expect, it } from 'vitest'
import * as s from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { range } from '../../src/tensor/shape.ts'

type Pixel = (n: number, c: number, i: number, j: number) => number
type Images = readonly [n: number, c: number, h: number, w: number]

const images = ([n, c, h, w]: Images, pixel: Pixel): Tensor =>
  s.tensor(
    range(n).flatMap((m) => range(c).flatMap((k) => range(h).flatMap((i) => range(w).map((j) => pixel(m, k, i, j))))),
    [n, c, h, w]
  )
/** Reads 0, or `outside`, beyond the edges. */
const reading = (x: Tensor, outside = 0): Pixel => {
  const [, c, h, w] = x.shape as Images
  return (n, k, i, j) => (i < 0 || i >= h || j < 0 || j >= w ? outside : x.data[((n * c + k) * h + i) * w + j]!)
}
const same = (actual: Tensor, expected: Tensor): void => {
  expect(actual.shape).toEqual(expected.shape)
  actual.data.forEach((value, i) => expect(value).toBeCloseTo(expected.data[i]!, 4))
}
const sum = (terms: readonly number[]): number => terms.reduce((a, b) => a + b, 0)
const x = images([2, 4, 4, 5], (n, c, i, j) => ((7 * n + 5 * c + 3 * i * i + 2 * j * j * (c + 1)) % 11) - 5)

const windows = [
  { window: 2 },
  { window: [2, 3], stride: 1 },
  { window: [3, 2], stride: [1, 2], padding: 1 },
  { window: 3, stride: [2, 1], padding: [[0, 2], [1, 2]] }, // prettier-ignore
  { window: [2, 3], stride: [2, 3], padding: [1, 2] },
  { window: [1, 3], padding: [0, 1] }
] as const satisfies readonly s.PoolOptions[]

const sides = (padding: s.Padding = 0): readonly [readonly number[], readonly number[]] => {
  const [h, w] = typeof padding === 'number' ? [padding, padding] : padding
  return [typeof h === 'number' ? [h, h] : h, typeof w === 'number' ? [w, w] : w]
}
const both = (pair: s.Pair): readonly [number, number] => (typeof pair === 'number' ? [pair, pair] : pair)

describe.for<s.PoolOptions>(windows)('pooling by %j', ({ window, stride = window, padding }) => {
  const [[kh, kw], [sh, sw]] = [both(window), both(stride)]
  const [[top, bottom], [left, right]] = sides(padding) as [[number, number], [number, number]]
  const shape = [2, 4, Math.floor((4 + top + bottom - kh) / sh) + 1, Math.floor((5 + left + right - kw) / sw) + 1] as const // prettier-ignore
  const pooled = (read: Pixel, combine: (values: readonly number[]) => number): Tensor =>
    images(shape, (n, c, i, j) =>
      combine(range(kh).flatMap((a) => range(kw).map((b) => read(n, c, i * sh + a - top, j * sw + b - left))))
    )
  const options = { window, stride, ...(padding !== undefined && { padding }) }
  it('takes means', () => {
    same(
      s.avgPool2d(x, options),
      pooled(reading(x), (values) => sum(values) / (kh * kw))
    )
    const inside = pooled(reading(x, NaN), (values) => {
      const own = values.filter((value) => !Number.isNaN(value))
      return sum(own) / own.length
    })
    same(s.avgPool2d(x, { ...options, countIncludePad: false }), inside)
  })
  it('takes maxima', () =>
    same(s.maxPool2d(x, options), pooled(reading(x, -Infinity), (values) => Math.max(...values)))) // prettier-ignore
  it('puts windows side by side unless told otherwise', () =>
    same(s.maxPool2d(x, { window }), s.maxPool2d(x, { window, stride: window })))
})

const convolutions = [
  {},
  { stride: [1, 2] },
  { stride: [2, 1], padding: 1 },
  { padding: [[0, 2], [1, 0]], groups: 2 }, // prettier-ignore
  { dilation: [1, 2], padding: [1, 2], groups: 2 },
  { dilation: [2, 1], stride: 2, padding: 1, groups: 4 }
] as const satisfies readonly s.ConvolutionOptions[]

describe.for<s.ConvolutionOptions>(convolutions)('convolving by %j', (options) => {
  const { stride = 1, padding, dilation = 1, groups = 1 } = options
  const [[sh, sw], [dh, dw]] = [both(stride), both(dilation)]
  const [[top, bottom], [left, right]] = sides(padding) as [[number, number], [number, number]]
  const [kh, kw] = [2, 3]
  it('sums products', () => {
    const w = images([8, 4 / groups, kh, kw], (o, c, i, j) => ((3 * o + 5 * c + 2 * i + j) % 7) - 3)
    const [read, kernel] = [reading(x), reading(w)]
    const shape = [2, 8, Math.floor((4 + top + bottom - dh * (kh - 1) - 1) / sh) + 1, Math.floor((5 + left + right - dw * (kw - 1) - 1) / sw) + 1] as const // prettier-ignore
    const expected = images(shape, (n, o, i, j) => {
      const first = Math.floor(o / (8 / groups)) * (4 / groups)
      return sum(range(4 / groups).flatMap((c) => range(kh).flatMap((a) => range(kw).map((b) =>
        read(n, first + c, i * sh + a * dh - top, j * sw + b * dw - left) * kernel(o, c, a, b))))) // prettier-ignore
    })
    same(s.conv2d(x, w, options), expected)
  })
  it.for([0, [1, 0], [0, 1]] as const)('and back scatters them, with %j more', (outputPadding) => {
    const per = 2
    const w = images([4, per, kh, kw], (o, c, i, j) => ((3 * o + 5 * c + 2 * i + j) % 7) - 3)
    const [moreRows, moreColumns] = both(outputPadding)
    const shape = [2, per * groups, 3 * sh - top - bottom + dh * (kh - 1) + moreRows + 1, 4 * sw - left - right + dw * (kw - 1) + moreColumns + 1] as const // prettier-ignore
    const [read, kernel] = [reading(x), reading(w)]
    const inGroup = 4 / groups
    const expected = images(shape, (n, o, i, j) => {
      const first = Math.floor(o / per) * inGroup
      return sum(range(inGroup).flatMap((c) => range(kh).flatMap((a) => range(kw).map((b) => {
        const [row, column] = [(i + top - a * dh) / sh, (j + left - b * dw) / sw]
        const falls = Number.isInteger(row) && Number.isInteger(column)
        return falls ? read(n, first + c, row, column) * kernel(first + c, o % per, a, b) : 0
      })))) // prettier-ignore
    })
    same(s.convTranspose2d(x, w, { ...options, outputPadding }), expected)
  })
})

describe('sampling along a matrix', () => {
  const line = s.tensor([1, 2, 3, 4], [1, 1, 1, 4])
  const column = s.tensor([1, 2, 3, 4], [1, 1, 4, 1])
  it.for<
    readonly [by: number, alignCorners: boolean, paddingMode: 'zeros' | 'border' | 'reflection', readonly number[]]
  >([
    [2, false, 'zeros', [3, 4, 0, 0]],
    [2, true, 'zeros', [3, 4, 0, 0]],
    [-1, false, 'zeros', [0, 1, 2, 3]],
    [0.5, false, 'zeros', [1.5, 2.5, 3.5, 2]],
    [-0.5, true, 'zeros', [0.5, 1.5, 2.5, 3.5]],
    [2, false, 'border', [3, 4, 4, 4]],
    [-2.5, true, 'border', [1, 1, 1, 1.5]],
    [2, false, 'reflection', [3, 4, 4, 3]],
    [2, true, 'reflection', [3, 4, 3, 2]],
    [-5, false, 'reflection', [4, 4, 3, 2]],
    [-5, true, 'reflection', [2, 3, 4, 3]],
    [0.5, false, 'reflection', [1.5, 2.5, 3.5, 4]]
  ])('moved by %d pixels, corners aligned: %s, beyond them %s', ([by, alignCorners, paddingMode, expected]) => {
    const options = { alignCorners, paddingMode }
    const [across, t] = [alignCorners ? 2 / 3 : 2 / 4, 0]
    const right = s.tensor([1, 0, by * across, 0, 1, t], [2, 3])
    const down = s.tensor([1, 0, t, 0, 1, by * across], [2, 3])
    s.affineSample2d(line, right, options).data.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4))
    s.affineSample2d(column, down, options).data.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4))
  })
  it('takes the matrix of each image', () => {
    const square = images([2, 2, 3, 3], (n, c, i, j) => 27 * n + 9 * c + 3 * i + j)
    const turned = s.tensor([0, 1, 0, 1, 0, 0], [2, 3])
    const shrunk = s.tensor([2, 0, 0, 0, 0.5, 0], [2, 3])
    const mixed = s.affineSample2d(square, s.stack([turned, shrunk]))
    const [first, second] = [turned, shrunk].map((matrix) => s.affineSample2d(square, matrix)) as [Tensor, Tensor]
    same(mixed, s.concat([s.slice(first, { end: [1] }), s.slice(second, { start: [1] })]))
    same(first, s.transpose(square, [0, 1, 3, 2]))
  })
})

describe('resampling', () => {
  it('repeats pixels', () =>
    same(s.upsampleNearest2d(x, [2, 3]), images([2, 4, 8, 15], (n, c, i, j) => reading(x)(n, c, Math.floor(i / 2), Math.floor(j / 3))))) // prettier-ignore
  it.for<readonly [scale: number, alignCorners: boolean, readonly number[]]>([
    [2, false, [1, 1.25, 1.75, 2.75, 4.25, 5]],
    [2, true, [1, 1.4, 1.8, 2.6, 3.8, 5]],
    [0.4, true, [1]],
    [0.4, false, [1.75]],
    [1.5, true, [1, 5 / 3, 3, 5]]
  ])('interpolates at scale %d, corners aligned: %s', ([scale, alignCorners, expected]) => {
    for (const [shape, factors] of [
      [
        [1, 1, 1, 3],
        [1, scale]
      ],
      [
        [1, 1, 3, 1],
        [scale, 1]
      ]
    ] as const) {
      const made = s.resizeBilinear2d(s.tensor([1, 2, 5], shape), { scale: factors, alignCorners })
      expect(made.data).toHaveLength(expected.length)
      made.data.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4))
    }
  })
  it('moves blocks of channels', () => {
    const made = images([2, 1, 8, 10], (n, _, i, j) => reading(x)(n, 2 * (i % 2) + (j % 2), Math.floor(i / 2), Math.floor(j / 2))) // prettier-ignore
    same(s.depthToSpace(x, 2), made)
    same(s.spaceToDepth(made, 2), x)
    const wide = images([1, 8, 1, 1], (_, c) => c)
    same(s.depthToSpace(wide, 2), s.tensor([0, 1, 2, 3, 4, 5, 6, 7], [1, 2, 2, 2]))
    same(s.depthToSpace(x, 1), x)
  })
  it.for<readonly [low: s.Pair, high: s.Pair]>([
    [
      [1, 2],
      [3, 4]
    ],
    [
      [0, 1],
      [1, 0]
    ],
    [
      [2, 0],
      [0, 3]
    ],
    [1, 2]
  ])('mirrors at low %j and high %j', ([low, high]) => {
    // prettier-ignore
    const [[top, left], [bottom, right]] = [both(low), both(high)]
    const mirror = (i: number, extent: number): number => extent - 1 - Math.abs(extent - 1 - Math.abs(i))
    const read = reading(x)
    same(
      s.reflectPad2d(x, { low, high }),
      images([2, 4, 4 + top + bottom, 5 + left + right], (n, c, i, j) => read(n, c, mirror(i - top, 4), mirror(j - left, 5)))
    ) // prettier-ignore
  })
})

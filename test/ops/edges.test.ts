/** Values at the ends of what dtypes hold: infinities, NaN, the extremes of int32, extents of 1. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  affineSample2d,
  argmax,
  argmin,
  einsum,
  equal,
  evaluate,
  full,
  grad,
  logSoftmax,
  logsumexp,
  maxPool2d,
  pow,
  reduceMax,
  reduceMin,
  softmax,
  sum,
  tensor,
  topK,
  where
} from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { doubles } from '../support/slopes.ts'
import { thrown } from '../support/thrown.ts'

const least = -2147483648
const most = 2147483647
const ints = (...values: number[]): Tensor => tensor(values, [values.length], 'int32')
const numbers = (x: Tensor): number[] => Array.from(x.data)

describe('order among int32 and float32', () => {
  const integer = fc.oneof(fc.integer(), fc.constantFrom(least, least + 1, -1, 0, 1, most - 1, most))
  const float = fc.oneof(fc.float(), fc.constantFrom(0, 1, -1, Infinity, -Infinity, NaN))
  /** NaN above all, and before all. */
  const precedes = (a: number, b: number): boolean => (Number.isNaN(a) ? !Number.isNaN(b) : a > b)

  const placesOf = (values: readonly number[]): readonly number[] =>
    values.map((_, i) => i).sort((i, j) => (precedes(values[i]!, values[j]!) ? -1 : precedes(values[j]!, values[i]!) ? 1 : i - j)) // prettier-ignore

  const laws = (values: readonly number[], x: Tensor): void => {
    const descending = placesOf(values)
    const firstNaN = values.findIndex(Number.isNaN)
    const least = firstNaN >= 0 ? NaN : Math.min(...values)
    expect(numbers(reduceMax(x))).toEqual([values[descending[0]!]! + 0])
    expect(numbers(reduceMin(x))).toEqual([least + 0])
    expect(numbers(argmax(x))).toEqual([descending[0]])
    expect(numbers(argmin(x))).toEqual([firstNaN >= 0 ? firstNaN : values.findIndex((value) => value === least)])
    for (const k of [0, 1, values.length]) expect(numbers(topK(x, k)[1])).toEqual(descending.slice(0, k))
  }

  it('holds at the extremes of int32', () => {
    fc.assert(fc.property(fc.array(integer, { minLength: 1, maxLength: 6 }), (values) => laws(values, ints(...values))))
  })

  it('puts NaN first, as PyTorch and JAX do', () => {
    const floats = fc.array(float, { minLength: 1, maxLength: 6 }).map((values) => values.map((x) => x + 0))
    fc.assert(fc.property(floats, (values) => laws(values, tensor(values))))
  })

  it('names the place of NaN in each row of its own', () => {
    const x = tensor([
      [1, NaN, 3],
      [4, 2, 3],
      [NaN, NaN, 0]
    ])
    expect(numbers(argmax(x))).toEqual([1, 0, 0])
    expect(numbers(argmin(x))).toEqual([1, 1, 0])
  })
})

describe('maxPool2d', () => {
  it('keeps -Infinity where a window holds nothing else, whatever the padding', () => {
    const x = full([1, 1, 2, 2], -Infinity)
    expect(numbers(maxPool2d(x, { window: 2, stride: 1, padding: 1 }))).toEqual(new Array(9).fill(-Infinity))
  })

  it('lets padding neither win nor take a derivative', () => {
    const x = tensor([-1, -2, -3, -4], [1, 1, 2, 2])
    const pooled = (images: Tensor): Tensor => maxPool2d(images, { window: [2, 3], stride: 1, padding: [[1, 1], [2, 1]] }) // prettier-ignore
    expect(numbers(pooled(x))).toEqual([-1, -1, -1, -1, -1, -1, -3, -3, -3])
    expect(numbers(grad((images: Tensor) => sum(pooled(images)))(x))).toEqual([6, 0, 3, 0])
  })

  it('refuses images without pixels', () => {
    expect(thrown(() => maxPool2d(full([1, 1, 0, 2], 0), { window: 2, padding: 1 }))._tag).toBe('ShapeMisfit')
  })
})

describe('logsumexp and softmax', () => {
  it('know what is infinite by the precision they are in', () => {
    const wide = { precision: 'float64' } as const
    const x = doubles([1e300, 1e300, 1])
    expect(numbers(evaluate((y: Tensor) => logsumexp(y), wide)(x))).toEqual([1e300])
    expect(numbers(evaluate((y: Tensor) => softmax(y), wide)(x))).toEqual([0.5, 0.5, 0])
    expect(numbers(evaluate((y: Tensor) => logSoftmax(y), wide)(x))).toEqual([expect.closeTo(-Math.log(2)), expect.closeTo(-Math.log(2)), -1e300]) // prettier-ignore
  })

  it('do so in float32, too', () => {
    expect(numbers(logsumexp(tensor([3e38, -Infinity])))).toEqual([Math.fround(3e38)])
    expect(numbers(logsumexp(tensor([Infinity, 1])))).toEqual([Infinity])
    expect(numbers(logsumexp(tensor([-Infinity, -Infinity])))).toEqual([-Infinity])
    expect(numbers(logsumexp(tensor([NaN, 1])))).toEqual([NaN])
    expect(numbers(softmax(tensor([3.4028234663852886e38, 0])))).toEqual([1, 0])
  })
})

describe('the derivative of pow(x, n)', () => {
  const slope = (at: number, n: number): number =>
    evaluate(
      grad((x: Tensor) => sum(pow(x, n))),
      { precision: 'float64' }
    )(doubles([at])).data[0]!
  for (const n of [-5, -4, -3, -2, -1, 1, 2, 3, 4, 31])
    for (const at of [0, Infinity, -Infinity, 2, -2, 1e-20])
      it(`is n x^(n-1) for n = ${String(n)} at ${String(at)}`, () => {
        const expected = n * Math.pow(at, n - 1)
        if (Number.isFinite(expected)) expect(slope(at, n) / (expected || 1)).toBeCloseTo(expected === 0 ? 0 : 1, 12)
        else expect(slope(at, n)).toBe(expected)
      })

  it('in an exponent below 0 is that of Infinity at 0, and 0 at 0 to a power of at least 0', () => {
    const inExponent = (base: number, t: number): number =>
      grad((y: Tensor) => sum(pow(tensor([base]), y)))(tensor([t])).data[0]!
    expect(inExponent(0, -1.5)).toBe(-Infinity)
    expect(inExponent(0, 0)).toBe(0)
    expect(inExponent(0, 1.5)).toBe(0)
    expect(inExponent(2, -1)).toBeCloseTo(0.5 * Math.log(2), 6)
  })
})

describe('einsum', () => {
  const ones = (...shape: number[]): Tensor => full(shape, 1)
  it.for<[string, Tensor[]]>([
    ['ii', [ones(3, 1)]],
    ['ii->i', [ones(3, 1)]],
    ['ii->i', [ones(1, 3)]],
    ['ij,jk', [ones(2, 1), ones(3, 4)]],
    ['i,i->i', [ones(1), ones(3)]],
    ['...i,i', [ones(2, 3), ones(1)]]
  ])('%s refuses a letter of two extents', ([equation, operands]) => {
    const error = thrown(() => einsum(equation, ...operands))
    expect([error._tag, error.op]).toEqual(['ShapeMisfit', 'einsum'])
    expect(error.expected).toMatch(/one extent for each index; [ij] is both/)
  })

  it('broadcasts what an ellipsis stands for', () => {
    expect(einsum('...ij,...jk->...ik', ones(1, 2, 3), ones(5, 3, 4)).shape).toEqual([5, 2, 4])
    expect(einsum('...ii->...i', ones(1, 1, 1)).shape).toEqual([1, 1])
  })
})

describe('affineSample2d with alignCorners', () => {
  it('takes the coordinate 0 along an axis of one pixel, as PyTorch does', () => {
    // torch.nn.functional.affine_grid(theta, [1, 1, 1, 3], align_corners=True), then grid_sample.
    const x = tensor([1, 2, 3], [1, 1, 1, 3])
    const moved = tensor([
      [1, 1, 0],
      [0, 1, 0]
    ])
    expect(numbers(affineSample2d(x, moved, { alignCorners: true }))).toEqual([1, 2, 3])
    const column = tensor([1, 2, 3], [1, 1, 3, 1])
    const sheared = tensor([
      [1, 0, 0],
      [1, 1, 0]
    ])
    expect(numbers(affineSample2d(column, sheared, { alignCorners: true }))).toEqual([1, 2, 3])
  })
})

describe('a number that no element of the dtype is', () => {
  it('is refused beside bool', () => {
    const mask = tensor([true, false])
    expect(thrown(() => equal(mask, 2))._tag).toBe('DTypeMisfit')
    expect(thrown(() => where(mask, mask, 0.5))._tag).toBe('DTypeMisfit')
    expect(numbers(equal(mask, 1))).toEqual([1, 0])
  })

  it.for([0.5, NaN, Infinity, 4294967296, -2147483649])('is refused as int32: %d', (value) => {
    expect(thrown(() => tensor([value], [1], 'int32'))._tag).toBe('DTypeMisfit')
    expect(thrown(() => tensor(Float64Array.of(value), [1], 'int32'))._tag).toBe('DTypeMisfit')
    expect(thrown(() => full([1], value, 'int32'))._tag).toBe('DTypeMisfit')
    expect(thrown(() => equal(ints(1), value))._tag).toBe('DTypeMisfit')
  })

  it('is no extreme of int32', () => expect(numbers(ints(least, most))).toEqual([least, most]))
})

import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { readCifar } from '../../src/index.ts'

const js = (x: unknown): any => x
/** Two pictures whose bytes count up, with one label or two before each. */
const file = (...labels: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from(labels.flatMap((own) => [...own, ...Array.from({ length: 3072 }, (_, i) => (i + own[0]!) % 256)]))

describe('CIFAR', () => {
  it('is read: labels, then red, green and blue, in [-1, 1]', () => {
    const read = readCifar(file([3], [9]))
    if (E.isLeft(read)) throw new Error('expected pictures')
    const { images, labels } = read.right
    expect(labels).toEqual({ shape: [2], dtype: 'int32', data: Int32Array.of(3, 9) })
    expect(images.shape).toEqual([2, 3, 32, 32])
    expect(images.data[0]).toBeCloseTo(3 / 127.5 - 1, 6)
    expect(images.data[252]).toBe(1)
    expect(images.data[253]).toBe(-1)
    expect(images.data[3072]).toBeCloseTo(9 / 127.5 - 1, 6)
  })
  it('has coarse and fine labels, of a hundred classes', () => {
    const two = file([3, 77], [19, 99])
    const labelsOf = (classes: 20 | 100) => {
      const read = readCifar(two, { classes })
      return E.isRight(read) && [...read.right.labels.data]
    }
    expect(labelsOf(20)).toEqual([3, 19])
    expect(labelsOf(100)).toEqual([77, 99])
  })
  it('is refused in words', () => {
    const tagOf = (bytes: unknown, options = {}) => {
      const read = readCifar(js(bytes), options)
      return E.isLeft(read) && [read.left._tag, read.left.offset]
    }
    expect(tagOf(new Uint8Array(0))).toEqual(['Truncated', 0])
    expect(tagOf(file([3]).subarray(1))).toEqual(['Truncated', 3072])
    expect(tagOf(file([3]), { classes: 100 })).toEqual(['Truncated', 3073])
    expect(tagOf(file([3], [10]))).toEqual(['BadValue', 3073])
    expect(tagOf(file([20, 1]), { classes: 20 })).toEqual(['BadValue', 0])
    expect(tagOf(file([3]), { classes: 11 })).toEqual(['BadOption', undefined])
    expect(tagOf('x')).toEqual(['BadOption', undefined])
  })
})

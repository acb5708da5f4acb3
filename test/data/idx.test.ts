import fc from 'fast-check'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { crc32 } from '../../src/data/crc32.ts'
import type { Idx } from '../../src/data/idx.ts'
import { readIdx } from '../../src/data/idx.ts'
import { idxBytes } from './idxBytes.ts'

const arrays: Record<Idx['type'], (size: number) => fc.Arbitrary<Idx['data']>> = {
  uint8: (n) => fc.uint8Array({ minLength: n, maxLength: n }),
  int8: (n) => fc.int8Array({ minLength: n, maxLength: n }),
  int16: (n) => fc.int16Array({ minLength: n, maxLength: n }),
  int32: (n) => fc.int32Array({ minLength: n, maxLength: n }),
  float32: (n) => fc.float32Array({ minLength: n, maxLength: n }),
  float64: (n) => fc.float64Array({ minLength: n, maxLength: n })
}

const idx: fc.Arbitrary<Idx> = fc
  .record({
    type: fc.constantFrom(...(Object.keys(arrays) as Idx['type'][])),
    shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 })
  })
  .chain(({ type, shape }) => arrays[type](shape.reduce((a, b) => a * b, 1)).map((data) => ({ type, shape, data })))

const tagOf = (bytes: Uint8Array, limit?: number): string => {
  const read = readIdx(bytes, limit === undefined ? {} : { limit })
  return E.isLeft(read) ? read.left._tag : 'read'
}

const small = idxBytes({ type: 'uint8', shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) })

describe('readIdx', () => {
  it('reads what was written, plain and gzipped', () => {
    fc.assert(
      fc.property(idx, fc.boolean(), (array, zip) => {
        const bytes = idxBytes(array)
        expect(readIdx(zip ? gzipSync(bytes) : bytes)).toEqual(E.right(array))
      })
    )
  })

  it('reads from the middle of a buffer, and copies', () => {
    const whole = Buffer.concat([Buffer.of(9, 9, 9), idxBytes({ type: 'int8', shape: [2], data: Int8Array.of(-1, 5) })])
    const read = readIdx(whole.subarray(3))
    whole.fill(0)
    expect(read).toEqual(E.right({ type: 'int8', shape: [2], data: Int8Array.of(-1, 5) }))
  })

  it('refuses a plain file cut at any byte', () => {
    fc.assert(
      fc.property(idx, fc.nat(), (array, at) => {
        const bytes = idxBytes(array)
        expect(tagOf(bytes.subarray(0, at % bytes.length))).toBe('Truncated')
      })
    )
  })

  it('never throws on any bytes, and never reads a mutated header as the original', () => {
    fc.assert(
      fc.property(idx, fc.nat(3), fc.integer({ min: 1, max: 255 }), fc.boolean(), (array, at, change, zip) => {
        const bytes = idxBytes(array)
        bytes[at]! ^= change
        const read = readIdx(zip ? gzipSync(bytes) : bytes)
        if (E.isRight(read)) expect(read.right).not.toEqual(array)
        else expect(read.left.offset).toBeTypeOf('number')
      })
    )
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readIdx(bytes)))
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readIdx(Uint8Array.of(0x1f, 0x8b, 8, 0, ...bytes))))
  })

  it('finds any flipped bit of a gzipped file that changes its content', () => {
    const bytes = gzipSync(small)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Uint8Array.from(bytes)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      const read = readIdx(flipped)
      if (E.isRight(read)) expect(read.right.data).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6))
    }
  })

  it('names file, offset, expected and actual', () => {
    expect(readIdx(small.subarray(0, 15), { file: 'a.idx' })).toEqual(
      E.left({
        _tag: 'Truncated',
        file: 'a.idx',
        offset: 15,
        expected: '18 bytes for uint8 of shape [2, 3]',
        actual: '15 bytes',
        hint: 'Perhaps the file was cut short: fetch it again'
      })
    )
    expect(readIdx(Uint8Array.of(...small, 0), { file: 'a.idx' })).toMatchObject({
      left: { _tag: 'TrailingBytes', offset: 18 }
    })
    expect(readIdx(Uint8Array.of(0, 0, 7, 0))).toMatchObject({ left: { _tag: 'BadType', offset: 2, actual: '07' } })
    expect(readIdx(Uint8Array.of(0, 1, 8, 0))).toMatchObject({ left: { _tag: 'BadMagic', offset: 0, actual: '00 01' } })
  })

  it('refuses sizes that overflow, before allocating', () => {
    const huge = Uint8Array.of(0, 0, 14, 3, ...new Array<number>(12).fill(255))
    expect(readIdx(huge)).toMatchObject({ left: { _tag: 'TooLarge', offset: 4 } })
    const hidden = Uint8Array.of(0, 0, 8, 2, 255, 255, 255, 255, 0, 0, 0, 0)
    expect(tagOf(hidden)).toBe('TooLarge')
    expect(tagOf(small, 5)).toBe('TooLarge')
    expect(tagOf(small, 6)).toBe('read')
  })

  it('refuses a gzip bomb: more content than its header announces, or announced and impossible', () => {
    const bomb = new Uint8Array(24 * 2 ** 20)
    bomb.set(small)
    expect(tagOf(gzipSync(bomb))).toBe('BadCompression')
    const liar = gzipSync(bomb)
    liar.set([small.length, 0, 0, 0], liar.length - 4)
    expect(tagOf(liar)).toBe('BadCompression')
    const announced = gzipSync(Uint8Array.of(0, 0, 8, 1, 0x70, 0, 0, 0, 1))
    announced.set([4 + 4, 0, 0, 0x70], announced.length - 4)
    expect(readIdx(announced)).toMatchObject({ left: { _tag: 'Truncated', offset: announced.length } })
  })

  it.each([784, 2 ** 20])('allocates for %i bytes declared, not for the 80 MiB that a bomb holds', (size) => {
    const bomb = new Uint8Array(80 * 2 ** 20)
    bomb.set([0, 0, 8, 1, 0, size >> 16, (size >> 8) & 255, size & 255])
    const bytes = gzipSync(bomb)
    expect(bytes.length).toBeLessThan(10 ** 5)
    const before = process.memoryUsage().arrayBuffers
    expect(tagOf(bytes)).toBe('BadCompression')
    // All that was allocated, garbage included: beside the content, pieces of at most a quarter of it, held thrice.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * size + 2 ** 22)
  })

  it('says that a gzipped file was cut short, wherever it was, its header included', () => {
    const content = idxBytes({ type: 'int16', shape: [40, 5], data: Int16Array.from({ length: 200 }, (_, i) => i * i) })
    const named = Uint8Array.of(...[0x1f, 0x8b, 8, 31, 0, 0, 0, 0, 0, 3, 2, 0, 7, 7, 65, 0, 66, 0, 9, 9], ...gzipSync(content).subarray(10)) // prettier-ignore
    expect(tagOf(named)).toBe('read')
    for (const bytes of [gzipSync(content), gzipSync(content, { level: 0 }), named])
      for (let end = 2; end < bytes.length; end++) expect(tagOf(bytes.subarray(0, end)), String(end)).toBe('Truncated')
    expect(readIdx(gzipSync(content).subarray(0, 300))).toMatchObject({ left: { hint: /cut short/ } })
  })

  it('tells a short content from a short file', () => {
    expect(tagOf(gzipSync(small.subarray(0, 15)))).toBe('BadCompression')
    expect(tagOf(gzipSync(small.subarray(0, 7)))).toBe('Truncated')
  })

  it.each<readonly [string, unknown, unknown]>([
    ['an ArrayBuffer', small.buffer, {}],
    ['an array', [...small], {}],
    ['nothing', undefined, {}],
    ['a misspelt option', small, { limits: 3 }],
    ['a limit that is none', small, { limit: -1 }],
    ['a file name that is none', small, { file: 7 }],
    ['options that are none', small, null]
  ])('refuses %s', (_, bytes, options) => {
    expect(readIdx(bytes as never, options as never)).toMatchObject({ left: { _tag: 'BadOption' } })
  })

  it('refuses a second member', () => {
    expect(tagOf(Buffer.concat([gzipSync(small), gzipSync(Uint8Array.of(1))]))).toBe('BadCompression')
  })
})

describe('crc32', () => {
  it('is the standard one', () => expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926))
})

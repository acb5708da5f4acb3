/** Safetensors: bytes by hand as the format's page describes them, every bit kept, and whatever else may come. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { readSafetensors, showFileIssue, tensor, writeSafetensors } from '../../src/index.ts'
import type { Safetensors, Tensor } from '../../src/index.ts'
import { fromHalf } from '../../src/io/storedNumbers.ts'
import { nameOf, pathOf } from '../../src/io/tensorName.ts'

/** A file as the format's page describes it: the length of the header, the header, the numbers. */
const fileOf = (header: unknown, numbers: Uint8Array | readonly number[] = []): Uint8Array => {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true)
  return Uint8Array.of(...length, ...json, ...numbers)
}
const rightOf = (read: E.Either<Parameters<typeof showFileIssue>[0], Safetensors>): Safetensors => {
  if (E.isLeft(read)) throw new Error(showFileIssue(read.left))
  return read.right
}
const tagOf = (bytes: Uint8Array, options = {}): string | undefined => {
  const read = readSafetensors(bytes, options)
  return E.isLeft(read) ? read.left._tag : undefined
}
const bytesOf = ({ data }: Tensor): readonly number[] => [
  ...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
]

describe('a file by hand', () => {
  const one = (dtype: string, shape: readonly number[], numbers: Uint8Array | readonly number[]) =>
    rightOf(readSafetensors(fileOf({ x: { dtype, shape, data_offsets: [0, numbers.length] } }, numbers))).tensors['x']
  const bytes = (array: ArrayBufferView) => new Uint8Array(array.buffer)

  it('is read, of every type', () => {
    expect(one('F32', [2], bytes(Float32Array.of(1.5, -2)))).toEqual(tensor([1.5, -2]))
    expect(one('F64', [1], bytes(Float64Array.of(0.1)))?.data).toEqual(Float64Array.of(0.1))
    expect(one('I32', [2], bytes(Int32Array.of(-7, 2 ** 31 - 1)))).toEqual(tensor([-7, 2 ** 31 - 1], [2], 'int32'))
    expect(one('BOOL', [3], [1, 0, 1])).toEqual(tensor([1, 0, 1], [3], 'bool'))
    expect(one('I64', [3], bytes(BigInt64Array.of(-3n, 2147483647n, -2147483648n)))?.data).toEqual(
      Int32Array.of(-3, 2147483647, -2147483648)
    )
    expect(one('I16', [2], bytes(Int16Array.of(-300, 300)))?.data).toEqual(Int32Array.of(-300, 300))
    expect(one('I8', [2], [0xff, 3])?.data).toEqual(Int32Array.of(-1, 3))
    expect(one('U8', [2], [0xff, 3])?.data).toEqual(Int32Array.of(255, 3))
    // 0x3e00 is 1.5, 0x7c00 infinity, 0x0001 the least subnormal, 0xc000 -2 (IEEE 754, binary16).
    expect(one('F16', [4], [0x00, 0x3e, 0x00, 0x7c, 0x01, 0x00, 0x00, 0xc0])?.data).toEqual(
      Float32Array.of(1.5, Infinity, 2 ** -24, -2)
    )
    expect(one('BF16', [2], [0xc0, 0x3f, 0x80, 0xff])?.data).toEqual(Float32Array.of(1.5, -Infinity))
    expect(one('F32', [0, 5], [])?.shape).toEqual([0, 5])
    expect(one('F32', [], bytes(Float32Array.of(3)))?.shape).toEqual([])
  })
  it('may lie anywhere in its buffer', () => {
    const file = writeSafetensors({ x: tensor([1, 2, 3]) })
    const moved = new Uint8Array(file.length + 3)
    moved.set(file, 3)
    expect(rightOf(readSafetensors(moved.subarray(3))).tensors['x']).toEqual(tensor([1, 2, 3]))
  })
  it('has names that objects have, too', () => {
    const file = fileOf('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', [7])
    expect(Object.entries(rightOf(readSafetensors(file)).tensors).map(([name, { data }]) => [name, data[0]])).toEqual([
      ['__proto__', 7]
    ])
  })
  it('is written to the byte', () => {
    const file = writeSafetensors({ a: tensor([1]), b: tensor([2], [1], 'int32') }, { note: 'ü' })
    const header =
      '{"__metadata__":{"note":"ü"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},' +
      '"b":{"dtype":"I32","shape":[1],"data_offsets":[4,8]}}'
    const padded = header + ' '.repeat((8 - (new TextEncoder().encode(header).length % 8)) % 8)
    expect(file).toEqual(fileOf(padded, [0, 0, 128, 63, 2, 0, 0, 0]))
  })
})

describe('half precision', () => {
  it('is what every half times two to its exponent is', () => {
    for (let bits = 0; bits < 0x7c00; bits++) {
      const [exponent, fraction] = [bits >> 10, bits & 1023]
      const value = exponent === 0 ? (fraction / 1024) * 2 ** -14 : (1 + fraction / 1024) * 2 ** (exponent - 15)
      expect(fromHalf(bits)).toBe(value)
      expect(fromHalf(bits | 0x8000)).toBe(-value)
    }
    expect(fromHalf(0x7e00)).toBeNaN()
  })
})

const numbers = fc.array(fc.float(), { minLength: 4, maxLength: 4 }).map((xs) => tensor(xs, [2, 2]))
const tensors = fc.dictionary(
  fc.string().filter((name) => name !== '__metadata__'),
  fc.oneof(
    numbers,
    fc.array(fc.integer(), { maxLength: 5 }).map((xs) => tensor(xs, [xs.length], 'int32')),
    fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 5 }).map((xs) => tensor(xs, [xs.length], 'bool')),
    fc.double().map((x): Tensor => ({ shape: [], dtype: 'float32', data: Float64Array.of(x) }))
  )
)

describe('any tensors', () => {
  it('come back to their bits', () => {
    fc.assert(
      fc.property(tensors, fc.dictionary(fc.string(), fc.string()), (given, metadata) => {
        const file = writeSafetensors(given, metadata)
        const read = rightOf(readSafetensors(file))
        expect(Object.keys(read.tensors).sort()).toEqual(Object.keys(given).sort())
        for (const [name, x] of Object.entries(given)) {
          expect(read.tensors[name]).toMatchObject({ shape: x.shape, dtype: x.dtype })
          expect(bytesOf(read.tensors[name]!)).toEqual(bytesOf(x))
        }
        expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata))
      })
    )
  })
  it('lie at addresses where arrays may', () => {
    const { tensors: read } = rightOf(
      readSafetensors(
        fileOf(
          {
            b: { dtype: 'BOOL', shape: [1], data_offsets: [0, 1] },
            x: { dtype: 'F32', shape: [1], data_offsets: [1, 5] }
          },
          [1, 0, 0, 128, 63]
        )
      )
    )
    expect(read['x']).toEqual(tensor([1]))
  })
})

describe('what is no such file', () => {
  const x = { dtype: 'F32', shape: [1], data_offsets: [0, 4] }
  const four = [0, 0, 0, 0]
  it.each([
    ['cut within the length', Uint8Array.of(1, 2), 'Truncated'],
    ['cut within the header', fileOf({ x }, four).subarray(0, 20), 'Truncated'],
    ['cut within the numbers', fileOf({ x }, four.slice(1)), 'Truncated'],
    ['with bytes after them', fileOf({ x }, [...four, 0]), 'TrailingBytes'],
    ['a header of 2^60 bytes', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 16, 0x7b), 'BadMagic'],
    ['another format', new TextEncoder().encode('\x80\x02}q\x00(X\x06\x00'), 'BadMagic'],
    ['a list', fileOf('[1, 2]'), 'BadMagic'],
    ['no JSON', fileOf('{"x": '), 'BadValue'],
    ['another type', fileOf({ x: { ...x, dtype: 'F8_E4M3' } }, four), 'BadShape'],
    ['a type that objects have', fileOf({ x: { ...x, dtype: 'toString' } }, four), 'BadShape'],
    ['a negative extent', fileOf({ x: { ...x, shape: [-1] } }, four), 'BadShape'],
    ['an extent of text', fileOf({ x: { ...x, shape: ['1'] } }, four), 'BadShape'],
    ['a shape of other size', fileOf({ x: { ...x, shape: [2] } }, four), 'BadShape'],
    ['a shape beyond numbers', fileOf({ x: { ...x, shape: [2 ** 52, 2 ** 52] } }, four), 'BadShape'],
    ['offsets backwards', fileOf({ x: { ...x, shape: [0], data_offsets: [4, 0] } }, four), 'BadShape'],
    ['tensors that overlap', fileOf({ x, y: { ...x, data_offsets: [2, 6] } }, [...four, 0, 0]), 'BadShape'],
    ['a hole', fileOf({ x, y: { ...x, data_offsets: [5, 9] } }, [...four, ...four, 0]), 'BadShape'],
    ['numbers that do not begin', fileOf({ x: { ...x, data_offsets: [1, 5] } }, [...four, 0]), 'BadShape'],
    ['a bool of 2', fileOf({ x: { ...x, dtype: 'BOOL', shape: [4] } }, [0, 1, 2, 0]), 'BadValue'],
    ['an integer of 33 bits', fileOf({ x: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }, [0, 0, 0, 0, 1, 0, 0, 0]), 'BadValue'],
    ['metadata of numbers', fileOf({ __metadata__: { a: 1 } }), 'BadValue']
  ])('is refused: %s', (_, bytes, tag) => expect(tagOf(bytes)).toBe(tag)) // prettier-ignore

  it('is refused beyond a limit, and where there are no bytes', () => {
    expect(tagOf(fileOf({ x }, four), { limit: 3 })).toBe('TooLarge')
    expect(tagOf(fileOf({ x }, four), { limit: 4 })).toBeUndefined()
    expect(tagOf([1, 2] as unknown as Uint8Array)).toBe('BadOption')
    expect(tagOf(new Uint8Array(8), { limits: 3 })).toBe('BadOption')
  })
  it('never throws, and never holds more than it has', () => {
    const file = writeSafetensors(
      { a: tensor([[1, 2, 3]]), b: tensor([4], [1], 'int32'), c: tensor([1], [], 'bool') },
      { k: 'v' }
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(file.length),
        (changes, end) => {
          const mutant = file.slice(0, end < 20 ? end : file.length)
          for (const [at, byte] of changes) if (at < mutant.length) mutant[at] = byte
          const read = readSafetensors(mutant, { file: 'f' })
          if (E.isLeft(read)) expect(showFileIssue(read.left)).toMatch(/^f, byte \d+: expected .+, got .+/)
          else
            expect(
              Object.values(read.right.tensors).reduce((sum, { data }) => sum + data.byteLength, 0)
            ).toBeLessThanOrEqual(4 * mutant.length)
        }
      ),
      { numRuns: 1000 * Number(process.env['SADDLEPOINT_RUNS'] ?? 1) }
    )
  })
  it('is not written', () => {
    const js = (x: unknown): never => x as never
    for (const bad of [
      undefined,
      3,
      tensor([1]),
      { x: 3 },
      { x: { ...tensor([1]), shape: [2] } },
      { __metadata__: tensor([1]) }
    ])
      expect(() => writeSafetensors(js(bad))).toThrow(/in writeSafetensors/)
    for (const bad of [3, { a: 3 }]) expect(() => writeSafetensors({}, js(bad))).toThrow(/in writeSafetensors/)
  })
})

describe('names of tensors', () => {
  it('tell paths apart', () => {
    const path = fc.array(fc.string(), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(path, (one) => {
        expect(pathOf(nameOf(one))).toEqual(one)
      })
    )
    expect(nameOf(['players', 'g', 'params', 0, 'a.b~'])).toBe('players.g.params.0.a~1b~0')
  })
})

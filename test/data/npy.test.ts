/** Arrays of numpy, alone and in archives, of every type; and whatever else may come. */
import fc from 'fast-check'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { readNpy, readNpz, showFileIssue, tensor } from '../../src/index.ts'
import type { FileIssue } from '../../src/index.ts'
import { npyBytes } from './npyBytes.ts'

const js = (x: unknown): any => x
const rightOf = <A>(read: E.Either<FileIssue, A>): A => {
  if (E.isLeft(read)) throw new Error(showFileIssue(read.left))
  return read.right
}
const tagOf = <A>(read: E.Either<FileIssue, A>): string | undefined => (E.isLeft(read) ? read.left._tag : undefined)

describe('an array', () => {
  it.each([
    ['<f4', Float32Array.of(1.5, -2), Float32Array.of(1.5, -2)],
    ['<f8', Float64Array.of(0.1, 1e300), Float32Array.of(0.1, Infinity)],
    ['<f2', Uint16Array.of(0x3e00, 0xc000), Float32Array.of(1.5, -2)],
    ['>f4', Uint8Array.of(63, 192, 0, 0, 192, 0, 0, 0), Float32Array.of(1.5, -2)],
    ['>i2', Uint8Array.of(1, 0, 255, 255), Int32Array.of(256, -1)],
    ['|u1', Uint8Array.of(255, 3), Int32Array.of(255, 3)],
    ['|i1', Int8Array.of(-1, 3), Int32Array.of(-1, 3)],
    ['<u2', Uint16Array.of(65535, 3), Int32Array.of(65535, 3)],
    ['<i2', Int16Array.of(-300, 3), Int32Array.of(-300, 3)],
    ['<u4', Uint32Array.of(2 ** 31 - 1, 3), Int32Array.of(2 ** 31 - 1, 3)],
    ['<i4', Int32Array.of(-(2 ** 31), 3), Int32Array.of(-(2 ** 31), 3)],
    ['<u8', BigUint64Array.of(7n, 3n), Int32Array.of(7, 3)],
    ['<i8', BigInt64Array.of(-7n, 3n), Int32Array.of(-7, 3)],
    ['|b1', Uint8Array.of(1, 0), Uint8Array.of(1, 0)]
  ])('of %s is read', (descr, numbers, data) => {
    const dtype = data instanceof Int32Array ? 'int32' : data instanceof Uint8Array ? 'bool' : 'float32'
    for (const version of [1, 2, 3])
      expect(rightOf(readNpy(npyBytes(descr, [2], numbers, { version })))).toEqual({ shape: [2], dtype, data })
  })
  it('has any number of axes, in either order', () => {
    const six = Float32Array.of(1, 2, 3, 4, 5, 6)
    expect(rightOf(readNpy(npyBytes('<f4', [2, 3], six)))).toEqual(tensor([[1, 2, 3], [4, 5, 6]])) // prettier-ignore
    expect(rightOf(readNpy(npyBytes('<f4', [2, 3], six, { fortran: true })))).toEqual(
      tensor([[1, 3, 5], [2, 4, 6]]) // prettier-ignore
    )
    expect(rightOf(readNpy(npyBytes('<f4', [1, 2, 3], six, { fortran: true })))).toEqual(
      tensor([[[1, 3, 5], [2, 4, 6]]]) // prettier-ignore
    )
    expect(rightOf(readNpy(npyBytes('<f4', [], six.subarray(0, 1))))).toEqual(tensor(1))
    expect(rightOf(readNpy(npyBytes('<f4', [0, 3], six.subarray(0, 0)))).shape).toEqual([0, 3])
  })
  it('may lie anywhere in its buffer', () => {
    const file = npyBytes('<f4', [2], Float32Array.of(1, 2))
    const moved = new Uint8Array(file.length + 3)
    moved.set(file, 3)
    expect(rightOf(readNpy(moved.subarray(3)))).toEqual(tensor([1, 2]))
  })

  const two = npyBytes('<f4', [2], Float32Array.of(1, 2))
  const changed = (from: string, to: string): Uint8Array =>
    Uint8Array.from(Buffer.from(Buffer.from(two).toString('latin1').replace(from, to.padEnd(from.length)), 'latin1'))
  it.each([
    ['nothing', new Uint8Array(0), 'Truncated'],
    ['cut within the header', two.subarray(0, 40), 'Truncated'],
    ['cut within the numbers', two.subarray(0, -1), 'Truncated'],
    ['more after them', Uint8Array.of(...two, 0), 'TrailingBytes'],
    ['another format', changed('NUMPY', 'NUMPI'), 'BadMagic'],
    ['a later version', two.map((byte, i) => (i === 6 ? 4 : byte)), 'BadMagic'],
    ['objects', changed("'<f4'", "'|O' "), 'BadType'],
    ['records', changed("'<f4'", "[('a"), 'BadType'],
    ['complex numbers', changed('<f4', '<c8'), 'BadType'],
    ['a type that objects have', changed('<f4', '<constructor'), 'BadType'],
    ['no shape', changed("'shape'", "'shade'"), 'BadValue'],
    ['a negative extent', changed('(2,)', '(-2,'), 'BadValue'],
    ['an extent beyond numbers', npyBytes('<f4', [1e21], new Uint8Array(0)), 'BadValue'],
    ['a shape that nobody has room for', npyBytes('<f4', [99999999, 99999999], new Uint8Array(0)), 'TooLarge'],
    ['one that an empty axis hides', npyBytes('<f4', [99999999, 99999999, 0], new Uint8Array(0)), 'TooLarge'],
    ['an integer of 33 bits', npyBytes('<i8', [1], BigInt64Array.of(2n ** 32n)), 'BadValue'],
    ['an unsigned one of 32', npyBytes('<u4', [1], Uint32Array.of(2 ** 31)), 'BadValue'],
    ['a bool of 2', npyBytes('|b1', [1], Uint8Array.of(2)), 'BadValue']
  ])('is refused: %s', (_, bytes, tag) => expect(tagOf(readNpy(bytes))).toBe(tag))
  it('is refused beyond a limit, and where there are no bytes', () => {
    expect(tagOf(readNpy(two, { limit: 7 }))).toBe('TooLarge')
    expect(tagOf(readNpy(two, { limit: 8 }))).toBeUndefined()
    expect(tagOf(readNpy(js('x')))).toBe('BadOption')
    expect(tagOf(readNpz(js([1])))).toBe('BadOption')
    const read = readNpy(changed("'<f4'", "'|O' "), { file: 'a.npy' })
    expect(E.isLeft(read) && showFileIssue(read.left)).toMatch(/^a\.npy, byte 10: expected numbers.*pickle/)
  })
})

const images = npyBytes(
  '|u1',
  [3, 2, 2],
  Uint8Array.from({ length: 12 }, (_, i) => i)
)
const labels = npyBytes('<i8', [3], BigInt64Array.of(2n, 0n, 1n))

describe('an archive', () => {
  const zipped = (level: 0 | 6) => zipSync({ 'images.npy': images, 'labels.npy': labels }, { level })
  it.each([0, 6] as const)('is read, at level %i', (level) => {
    const read = rightOf(readNpz(zipped(level)))
    expect(Object.keys(read)).toEqual(['images', 'labels'])
    expect(read['images']).toMatchObject({ shape: [3, 2, 2], dtype: 'int32' })
    expect([...read['images']!.data]).toEqual(Array.from({ length: 12 }, (_, i) => i))
    expect([...read['labels']!.data]).toEqual([2, 0, 1])
  })
  it('may have a comment at its end, and lie anywhere in its buffer', () => {
    const file = zipped(6)
    const commented = Uint8Array.of(...file.subarray(0, -2), 3, 0, 1, 2, 3)
    expect(tagOf(readNpz(commented))).toBeUndefined()
    const moved = new Uint8Array(file.length + 5)
    moved.set(file, 5)
    expect(tagOf(readNpz(moved.subarray(5)))).toBeUndefined()
  })
  it('is refused where a content is not what was announced', () => {
    const file = zipped(0)
    const at = file.indexOf(11, file.length / 4)
    expect(tagOf(readNpz(file.map((byte, i) => (i === at ? 12 : byte))))).toBe('BadCompression')
    const bomb = zipSync({ 'x.npy': npyBytes('|u1', [99], new Uint8Array(5_000_000)) }, { level: 9 })
    expect(tagOf(readNpz(bomb))).toBe('BadCompression')
    expect(tagOf(readNpz(zipped(6), { limit: 71 }))).toBe('TooLarge')
    expect(tagOf(readNpz(zipped(6), { limit: 72 }))).toBeUndefined()
    expect(tagOf(readNpz(zipSync({ 'notes.txt': Uint8Array.of(1, 2, 3) })))).toBe('Truncated')
  })
})

describe('any bytes', () => {
  const sources = [images, labels, zipSync({ a: images }), zipSync({ 'a.npy': images, 'b.npy': labels }, { level: 0 })]
  it('never make a reader throw, or hold more than twice what they announce', () => {
    const change = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255))
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(change, { maxLength: 5 }),
        fc.double({ min: 0.3, max: 1, noNaN: true }),
        (source, changes, part) => {
          const bytes = source.slice(0, Math.ceil(source.length * part))
          for (const [at, byte] of changes) bytes[Math.floor(at * (bytes.length - 1))] = byte
          for (const read of [readNpy(bytes, { limit: 1e6 }), readNpz(bytes, { limit: 1e6 })])
            if (E.isLeft(read)) expect(showFileIssue(read.left)).toMatch(/^np[yz].*: expected .+, got .+/)
        }
      ),
      { numRuns: 400 * Number(process.env['SADDLEPOINT_RUNS'] ?? 1) }
    )
  })
})

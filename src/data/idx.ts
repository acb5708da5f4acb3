import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { FileIssue } from '../io/fileIssue.ts'
import { gunzipExactly, gunzipHead, isGzip } from './gunzip.ts'

/** The element types of the format, by their code in byte 2. */
const types = {
  0x08: { name: 'uint8', bytes: 1 },
  0x09: { name: 'int8', bytes: 1 },
  0x0b: { name: 'int16', bytes: 2 },
  0x0c: { name: 'int32', bytes: 4 },
  0x0d: { name: 'float32', bytes: 4 },
  0x0e: { name: 'float64', bytes: 8 }
} as const

type IdxType = (typeof types)[keyof typeof types]

export interface Idx {
  readonly type: IdxType['name']
  readonly shape: readonly number[]
  /** Row-major, in the byte order of this machine. */
  readonly data: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array
}

export interface IdxOptions {
  /** How messages name the file. */
  readonly file?: string
  /** The most bytes of content that are accepted, 2^31 - 1 by default. */
  readonly limit?: number
}

interface Header {
  readonly type: IdxType
  readonly shape: readonly number[]
  readonly start: number
  /** Bytes of header and elements together. */
  readonly total: number
}

const longestHeader = 4 + 4 * 255

const hex = (bytes: Uint8Array): string =>
  bytes.length === 0 ? 'nothing' : Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(' ')

const parseHeader = (file: string, bytes: Uint8Array, limit: number): E.Either<FileIssue, Header> => {
  const issue = (
    _tag: FileIssue['_tag'],
    offset: number,
    expected: string,
    actual: string
  ): E.Either<FileIssue, never> => E.left({ _tag, file, offset, expected, actual })
  if (bytes.length < 4)
    return issue('Truncated', bytes.length, 'a header of 4 bytes or more', `${String(bytes.length)} bytes`)
  if (bytes[0] !== 0 || bytes[1] !== 0) return issue('BadMagic', 0, '00 00', hex(bytes.subarray(0, 2)))
  const [code, rank] = [bytes[2]!, bytes[3]!]
  const type = code in types ? types[code as keyof typeof types] : undefined
  if (type === undefined)
    return issue('BadType', 2, 'a type code of 08, 09, 0b, 0c, 0d or 0e', hex(bytes.subarray(2, 3)))
  const start = 4 + 4 * rank
  if (bytes.length < start)
    return issue(
      'Truncated',
      bytes.length,
      `${String(start)} bytes of header for ${String(rank)} axes`,
      `${String(bytes.length)} bytes`
    )
  const view = new DataView(bytes.buffer, bytes.byteOffset, start)
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis))
  // Empty axes count as one here: [4294967295, 4294967295, 0] has no elements, but nobody wrote it in good faith.
  let total: number = type.bytes
  for (const [axis, extent] of shape.entries()) {
    total *= Math.max(extent, 1)
    if (total > limit)
      return issue(
        'TooLarge',
        4 + 4 * axis,
        `at most ${String(limit)} bytes`,
        `the shape [${shape.join(', ')}] of ${type.name}`
      )
  }
  return E.right({ type, shape, start, total: start + (shape.includes(0) ? 0 : total) })
}

const decode = ({ type, shape, start }: Header, bytes: Uint8Array): Idx => {
  const count = shape.reduce((product, extent) => product * extent, 1)
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, count * type.bytes)
  const fill = <A extends Idx['data']>(data: A, read: (offset: number) => number): A => {
    for (let i = 0; i < count; i++) data[i] = read(i * type.bytes)
    return data
  }
  const read = {
    uint8: () => new Uint8Array(bytes.subarray(start)),
    int8: () => new Int8Array(new Uint8Array(bytes.subarray(start)).buffer),
    int16: () => fill(new Int16Array(count), (offset) => view.getInt16(offset)),
    int32: () => fill(new Int32Array(count), (offset) => view.getInt32(offset)),
    float32: () => fill(new Float32Array(count), (offset) => view.getFloat32(offset)),
    float64: () => fill(new Float64Array(count), (offset) => view.getFloat64(offset))
  }
  return { type: type.name, shape, data: read[type.name]() }
}

/**
 * Reads an array in IDX format, the one of MNIST and its kin, from the bytes of a file, gzipped or not. The file is
 * taken for hostile: sizes are checked before anything is allocated, and what is inflated is bounded by what the header
 * announces. Issues: BadMagic, BadType, TooLarge, Truncated, TrailingBytes, BadCompression, each with the offset of the
 * byte.
 *
 * Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section on file formats.
 *
 * @example
 * import { readIdx, E } from 'saddlepoint'
 * const found = readIdx(new Uint8Array([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 3, 7, 8, 9]))
 * E.isRight(found) && found.right.shape // => [1, 3]
 * E.isRight(found) && found.right.data // => [7, 8, 9]
 * const cut = readIdx(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 3, 7]))
 * E.isLeft(cut) && cut.left.offset // => 9
 */
export const readIdx = (
  bytes: Uint8Array,
  { file = 'idx', limit = 2 ** 31 - 1 }: IdxOptions = {}
): E.Either<FileIssue, Idx> => {
  if (isGzip(bytes)) {
    const inflated = `${file} (inflated)`
    return pipe(
      gunzipHead(file, bytes, longestHeader),
      E.flatMap((head) => parseHeader(inflated, head, limit)),
      E.flatMap((header) =>
        pipe(
          gunzipExactly(file, bytes, header.total),
          E.map((content) => decode(header, content))
        )
      )
    )
  }
  return pipe(
    parseHeader(file, bytes, limit),
    E.flatMap((header) =>
      bytes.length === header.total
        ? E.right(decode(header, bytes))
        : E.left<FileIssue>({
            _tag: bytes.length < header.total ? 'Truncated' : 'TrailingBytes',
            file,
            offset: Math.min(bytes.length, header.total),
            expected: `${String(header.total)} bytes for ${header.type.name} of shape [${header.shape.join(', ')}]`,
            actual: `${String(bytes.length)} bytes`
          })
    )
  )
}

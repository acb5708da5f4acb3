import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { withBytes } from '../io/bytes.ts'
import type { FileIssue } from '../io/fileIssue.ts'
import { readFileOptions } from '../io/fileIssue.ts'
import type { None } from '../tensor/arguments.ts'
import { count, text } from '../tensor/options.ts'
import { gunzipHead, gunzipInto, isGzip } from './gunzip.ts'
import { canHold } from './inflate.ts'

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

/** Returns the byte of a file at which the element of that number lies. */
export const offsetOf = ({ type, shape }: Idx, index: number): number =>
  4 + 4 * shape.length + index * Object.values(types).find(({ name }) => name === type)!.bytes

export interface IdxOptions {
  /** How messages name the file. */
  readonly file?: string
  /** The most bytes of content that are accepted, 2^31 - 1 by default. */
  readonly limit?: number
}

export interface IdxHeader {
  readonly type: IdxType
  readonly shape: readonly number[]
  readonly start: number
  /** Bytes of header and elements together. */
  readonly total: number
}

const longestHeader = 4 + 4 * 255
const cutShort = 'the file was cut short: fetch it again'

const hex = (bytes: Uint8Array): string =>
  bytes.length === 0 ? 'nothing' : Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(' ')

const parseHeader = (file: string, bytes: Uint8Array, limit: number): E.Either<FileIssue, IdxHeader> => {
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

/** Turns the bytes of every element round, in place: a file has the most significant one first. */
const reverseEach = (elements: Uint8Array, size: number): void => {
  for (let at = 0; at < elements.length; at += size)
    for (let low = at, high = at + size - 1; low < high; low++, high--) {
      const moved = elements[low]!
      elements[low] = elements[high]!
      elements[high] = moved
    }
}

const isLittleEndian = /*#__PURE__*/ new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

const views = {
  uint8: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array
}

/** Allocates the content of a file, so that its elements, `start` bytes from its beginning, lie where a typed array may. */
const allocateContent = (file: string, { start, total }: IdxHeader): E.Either<FileIssue, Uint8Array<ArrayBuffer>> => {
  const before = (8 - (start % 8)) % 8
  return E.tryCatch(
    () => new Uint8Array(before + total).subarray(before),
    () => ({ _tag: 'TooLarge', file, expected: 'a size that memory has room for', actual: `${String(total)} bytes` })
  )
}

/** Reads the elements where they lie, in bytes that nobody else holds. */
const decode = ({ type, shape, start, total }: IdxHeader, content: Uint8Array<ArrayBuffer>): Idx => {
  if (type.bytes > 1 && isLittleEndian) reverseEach(content.subarray(start), type.bytes)
  const View = views[type.name]
  return {
    type: type.name,
    shape,
    data: new View(content.buffer, content.byteOffset + start, (total - start) / type.bytes)
  }
}

/** Reads the header of a file, decompressing no more than that of a gzipped one. */
export const readIdxHeader = (file: string, bytes: Uint8Array, limit: number): E.Either<FileIssue, IdxHeader> =>
  isGzip(bytes)
    ? pipe(
        gunzipHead(file, bytes, longestHeader),
        E.flatMap((head) => parseHeader(`${file} (inflated)`, head, limit))
      )
    : parseHeader(file, bytes, limit)

/** Tests whether a file of that size is what its header announces. */
export const isWholeIdx = (head: Uint8Array, size: number): boolean =>
  pipe(
    parseHeader('', head, Number.MAX_SAFE_INTEGER),
    E.exists(({ total }) => total === size)
  )

/**
 * Returns the most bytes that a file may have which begins like this: those that its header announces, or of a gzipped
 * one twice as many and 64 KiB, since what cannot be compressed grows.
 */
export const mostBytes = (file: string, head: Uint8Array, limit: number): E.Either<FileIssue, number> =>
  pipe(
    readIdxHeader(file, head, limit),
    E.map(({ total }) => (isGzip(head) ? 2 * total + 65_536 : total))
  )

/** Copies the content that the header declares out of the file's bytes. */
const readContent = (
  file: string,
  bytes: Uint8Array,
  header: IdxHeader
): E.Either<FileIssue, Uint8Array<ArrayBuffer>> => {
  const { type, shape, total } = header
  const expected = `${String(total)} bytes for ${type.name} of shape [${shape.join(', ')}]`
  const misfit = (_tag: FileIssue['_tag'], offset: number, hint: string): E.Either<FileIssue, never> =>
    E.left({ _tag, file, offset, expected, actual: `${String(bytes.length)} bytes`, hint })
  const zipped = isGzip(bytes)
  if (zipped && !canHold(bytes.length, total))
    return misfit('Truncated', bytes.length, `So few cannot hold them: ${cutShort}`)
  if (!zipped && bytes.length < total) return misfit('Truncated', bytes.length, `Perhaps ${cutShort}`)
  if (!zipped && bytes.length > total) return misfit('TrailingBytes', total, 'More follows than its header announces')
  return pipe(
    allocateContent(file, header),
    E.tap((content) => {
      if (zipped) return gunzipInto(file, bytes, content)
      content.set(bytes)
      return E.right(undefined)
    })
  )
}

/**
 * Reads an array in IDX format, the one of MNIST and its kin, from the bytes of a file, gzipped or not. The file is
 * taken for hostile: sizes are checked before anything is allocated, and beside the file's bytes memory never holds more
 * than twice what its header announces, and a megabyte. Issues: BadMagic, BadType, TooLarge, Truncated, TrailingBytes,
 * BadCompression, each with the offset of the byte; BadOption.
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
export const readIdx = (bytes: Uint8Array, options: IdxOptions = {}, ...more: None): E.Either<FileIssue, Idx> =>
  pipe(
    readFileOptions<IdxOptions>(
      'readIdx',
      { file: 'idx', limit: 2 ** 31 - 1 },
      options,
      { file: text, limit: count },
      more
    ),
    E.flatMap(withBytes(bytes)),
    E.flatMap(({ file, limit }) =>
      pipe(
        readIdxHeader(file, bytes, limit),
        E.bindTo('header'),
        E.bind('content', ({ header }) => readContent(file, bytes, header)),
        E.map(({ header, content }) => decode(header, content))
      )
    )
  )

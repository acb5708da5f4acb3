/** Decompression that never makes more bytes than were asked for, so that a small file cannot fill the memory. */
import { FlateErrorCode, Inflate } from 'fflate'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { FileIssue } from '../io/fileIssue.ts'
import { crc32 } from './crc32.ts'

/** Deflate expands at most 1032 times. */
const largestExpansion = 1032
const trailerSize = 8

/** Tests whether bytes begin as a gzip file does. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

const bad = (file: string, offset: number, expected: string, actual: string): FileIssue => ({
  _tag: 'BadCompression',
  file,
  offset,
  expected,
  actual
})

const cutShort = (file: string, bytes: Uint8Array, expected: string, actual: string): FileIssue => ({
  _tag: 'Truncated',
  file,
  offset: bytes.length,
  expected,
  actual,
  hint: 'The file was cut short: fetch it again'
})

/**
 * Finds where the deflate stream begins: after ten bytes of header, and whatever else its flags announce.
 *
 * Source: RFC 1952, section 2.3.
 */
const streamStart = (file: string, bytes: Uint8Array): E.Either<FileIssue, number> => {
  const [method = 8, flags = 0] = bytes.subarray(2)
  if (method !== 8) return E.left(bad(file, 2, 'compression method 8, deflate', String(method)))
  if ((flags & 0xe0) !== 0) return E.left(bad(file, 3, 'flags below 32', String(flags)))
  const [extra, name, comment, checksum] = [4, 8, 16, 2].map((flag) => (flags & flag) !== 0)
  const afterText = (at: number): number => {
    const end = bytes.indexOf(0, at)
    return end < 0 ? Infinity : end + 1
  }
  let at = 10
  if (extra) at += 2 + (bytes[at] ?? Infinity) + 256 * (bytes[at + 1] ?? Infinity)
  if (name) at = afterText(at)
  if (comment) at = afterText(at)
  if (checksum) at += 2
  return at < bytes.length
    ? E.right(at)
    : E.left(cutShort(file, bytes, 'a gzip header and data after it', `${String(bytes.length)} bytes in all`))
}

/**
 * Feeds the deflate stream in bytes start .. end piecewise until `receive` has enough of the output. No piece can make
 * more than `budget` bytes, or 256 KiB: the decompressor holds them thrice while it copies them.
 */
const inflate = (
  file: string,
  bytes: Uint8Array,
  end: number,
  budget: number,
  receive: (output: Uint8Array) => 'more' | 'enough'
): E.Either<FileIssue, void> =>
  pipe(
    streamStart(file, bytes),
    E.flatMap((start) => {
      if (start >= end) return E.left(cutShort(file, bytes, 'compressed data', `${String(bytes.length)} bytes in all`))
      const piece = Math.min(Math.max(Math.floor(budget / largestExpansion), 256), 16_384)
      let wants: 'more' | 'enough' = 'more'
      let offset = start
      return E.tryCatch(
        () => {
          const stream = new Inflate((output) => {
            if (wants === 'more') wants = receive(output)
          })
          for (; wants === 'more' && offset < end; offset += piece)
            stream.push(bytes.subarray(offset, Math.min(offset + piece, end)), offset + piece >= end)
        },
        (cause) =>
          (cause as { code?: unknown }).code === FlateErrorCode.UnexpectedEOF
            ? cutShort(file, bytes, 'compressed data up to its end mark', `${String(bytes.length)} bytes without one`)
            : bad(file, offset, 'gzip data', cause instanceof Error ? cause.message : String(cause))
      )
    })
  )

/** Returns the first `size` bytes that a gzip file holds, or all where it holds fewer. */
export const gunzipHead = (file: string, bytes: Uint8Array, size: number): E.Either<FileIssue, Uint8Array> => {
  const head = new Uint8Array(size)
  let length = 0
  const read = inflate(file, bytes, bytes.length, size, (output) => {
    const part = output.subarray(0, size - length)
    head.set(part, length)
    length += part.length
    return length < size ? 'more' : 'enough'
  })
  // Of a file that was cut short the head may be there all the same.
  return E.isLeft(read) && length === 0 ? read : E.right(head.subarray(0, length))
}

/**
 * Decompresses a gzip file of one member into `content`, which is as long as what it has to hold; checks size and
 * checksum.
 */
export const gunzipInto = (file: string, bytes: Uint8Array, content: Uint8Array): E.Either<FileIssue, void> => {
  const size = content.length
  const expected = `${String(size)} bytes of content`
  let length = 0
  // The stream ends before the trailer, and is cut if it does not: so is then the trailer.
  const end = Math.max(0, bytes.length - trailerSize)
  const read = inflate(file, bytes, end, size / 4, (output) => {
    if (length + output.length <= size) content.set(output, length)
    length += output.length
    return length <= size ? 'more' : 'enough'
  })
  if (E.isLeft(read)) return read
  if (length > size) return E.left(bad(file, end, expected, 'more'))
  if (length < size) return E.left(bad(file, end, expected, String(length)))
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + end, trailerSize)
  const [announced, checksum] = [trailer.getUint32(4, true), trailer.getUint32(0, true)]
  if (announced !== size % 2 ** 32) return E.left(bad(file, end + 4, expected, `${String(announced)} in its trailer`))
  const found = crc32(content)
  return checksum === found
    ? E.right(undefined)
    : E.left(bad(file, end, `content of checksum ${checksum.toString(16)}`, found.toString(16)))
}

/** Tests whether a gzip file of so many bytes can hold `size`: nothing is allocated for a promise that it cannot keep. */
export const canHold = (bytes: Uint8Array, size: number): boolean => size <= largestExpansion * bytes.length

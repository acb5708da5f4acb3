import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { FileIssue } from '../io/fileIssue.ts'
import { crc32 } from './crc32.ts'
import type { Receive } from './inflate.ts'
import { badCompression, cutShort, inflate } from './inflate.ts'

const trailerSize = 8

/** Tests whether bytes begin as a gzip file does. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/**
 * Finds where the deflate stream begins: after ten bytes of header, and whatever else its flags announce.
 *
 * Source: RFC 1952, section 2.3.
 */
const streamStart = (file: string, bytes: Uint8Array): E.Either<FileIssue, number> => {
  const [method = 8, flags = 0] = bytes.subarray(2)
  if (method !== 8) return E.left(badCompression(file, 2, 'compression method 8, deflate', String(method)))
  if ((flags & 0xe0) !== 0) return E.left(badCompression(file, 3, 'flags below 32', String(flags)))
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

/** Feeds the deflate stream of a gzip file, which lies before `end`, to `receive`. */
const gunzip = (
  file: string,
  bytes: Uint8Array,
  end: number,
  budget: number,
  receive: Receive
): E.Either<FileIssue, void> =>
  pipe(
    streamStart(file, bytes),
    E.flatMap((start) => inflate(file, bytes, { start, end }, budget, receive))
  )

/** Returns the first `size` bytes that a gzip file holds, or all where it holds fewer. */
export const gunzipHead = (file: string, bytes: Uint8Array, size: number): E.Either<FileIssue, Uint8Array> => {
  const head = new Uint8Array(size)
  let length = 0
  const read = gunzip(file, bytes, bytes.length, size, (output) => {
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
  const read = gunzip(file, bytes, end, size / 4, (output) => {
    if (length + output.length <= size) content.set(output, length)
    length += output.length
    return length <= size ? 'more' : 'enough'
  })
  if (E.isLeft(read)) return read
  if (length > size) return E.left(badCompression(file, end, expected, 'more'))
  if (length < size) return E.left(badCompression(file, end, expected, String(length)))
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + end, trailerSize)
  const [announced, checksum] = [trailer.getUint32(4, true), trailer.getUint32(0, true)]
  if (announced !== size % 2 ** 32)
    return E.left(badCompression(file, end + 4, expected, `${String(announced)} in its trailer`))
  const found = crc32(content)
  return checksum === found
    ? E.right(undefined)
    : E.left(badCompression(file, end, `content of checksum ${checksum.toString(16)}`, found.toString(16)))
}

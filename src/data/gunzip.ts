/** Decompression that never makes more bytes than were asked for, so that a small file cannot fill the memory. */
import { Gunzip } from 'fflate'
import * as E from '#fp-ts/Either'
import type { FileIssue } from '../io/fileIssue.ts'
import { crc32 } from './crc32.ts'

/** Deflate expands at most 1032 times, so one push makes at most 16 MiB beyond what is wanted. */
const chunkSize = 16_384
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

/** Feeds the compressed bytes piecewise until `receive` has enough of the output. */
const inflate = (
  file: string,
  bytes: Uint8Array,
  receive: (output: Uint8Array) => 'more' | 'enough'
): E.Either<FileIssue, void> => {
  let wants: 'more' | 'enough' = 'more'
  let offset = 0
  return E.tryCatch(
    () => {
      const stream = new Gunzip((output) => {
        if (wants === 'more') wants = receive(output)
      })
      for (; wants === 'more' && offset < bytes.length; offset += chunkSize)
        stream.push(bytes.subarray(offset, offset + chunkSize))
    },
    (cause) => bad(file, offset, 'gzip data', cause instanceof Error ? cause.message : String(cause))
  )
}

/** Returns the first `size` bytes that a gzip file holds, or all where it holds fewer. */
export const gunzipHead = (file: string, bytes: Uint8Array, size: number): E.Either<FileIssue, Uint8Array> => {
  const head = new Uint8Array(size)
  let length = 0
  const read = inflate(file, bytes, (output) => {
    const part = output.subarray(0, size - length)
    head.set(part, length)
    length += part.length
    return length < size ? 'more' : 'enough'
  })
  return E.isLeft(read) ? read : E.right(head.subarray(0, length))
}

/** Decompresses a gzip file of one member that is known to hold `size` bytes; checks size and checksum. */
export const gunzipExactly = (file: string, bytes: Uint8Array, size: number): E.Either<FileIssue, Uint8Array> => {
  const end = bytes.length - trailerSize
  if (end < 0)
    return E.left(bad(file, bytes.length, 'a gzip trailer of 8 bytes', `${String(bytes.length)} bytes in all`))
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + end, trailerSize)
  const announced = trailer.getUint32(4, true)
  if (announced !== size % 2 ** 32)
    return E.left(bad(file, end + 4, `${String(size)} bytes of content`, `${String(announced)} in the gzip trailer`))
  const possible = largestExpansion * bytes.length
  if (size > possible)
    return E.left(bad(file, 0, `at most the ${String(possible)} bytes it can expand to`, `${String(size)} announced`))
  const content = new Uint8Array(size)
  let length = 0
  const read = inflate(file, bytes, (output) => {
    if (length + output.length <= size) content.set(output, length)
    length += output.length
    return length <= size ? 'more' : 'enough'
  })
  if (E.isLeft(read)) return read
  if (length !== size)
    return E.left(bad(file, end, `${String(size)} bytes of content`, length > size ? 'more' : `only ${String(length)}`))
  const [expected, actual] = [trailer.getUint32(0, true), crc32(content)]
  return expected === actual
    ? E.right(content)
    : E.left(bad(file, end, `checksum ${expected.toString(16)}`, actual.toString(16)))
}

/** Decompression that never makes more bytes than were asked for, so that a small file cannot fill the memory. */
import { FlateErrorCode, Inflate } from 'fflate'
import * as E from '#fp-ts/Either'
import type { FileIssue } from '../io/fileIssue.ts'

/** Deflate expands at most 1032 times. */
const largestExpansion = 1032

/** Takes a piece of the output, and says whether it wants more. */
export type Receive = (output: Uint8Array) => 'more' | 'enough'

export const badCompression = (file: string, offset: number, expected: string, actual: string): FileIssue => ({
  _tag: 'BadCompression',
  file,
  offset,
  expected,
  actual
})

export const cutShort = (file: string, bytes: Uint8Array, expected: string, actual: string): FileIssue => ({
  _tag: 'Truncated',
  file,
  offset: bytes.length,
  expected,
  actual,
  hint: 'The file was cut short: fetch it again'
})

/**
 * Feeds the deflate stream in bytes start .. end piecewise until `receive` has enough of the output. No piece can make
 * more than `budget` bytes, or 256 KiB: the decompressor holds them thrice while it copies them.
 */
export const inflate = (
  file: string,
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
  budget: number,
  receive: Receive
): E.Either<FileIssue, void> => {
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
        : badCompression(file, offset, 'deflated data', cause instanceof Error ? cause.message : String(cause))
  )
}

/** Tests whether so many compressed bytes can hold `size`: nothing is allocated for a promise that they cannot keep. */
export const canHold = (compressed: number, size: number): boolean => size <= largestExpansion * compressed

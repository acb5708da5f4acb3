import * as E from '#fp-ts/Either'
import type { FileIssue } from '../../io/fileIssue.ts'

/** A picture in memory: rows from the top, the channels of a pixel together, 0 black to 255. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly pixels: Uint8Array
}

/** What the header of a picture file says. */
export interface PictureSize {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
}

/** The most pixels that are decoded: a photograph of 33 megapixels. */
const mostPixels = 2 ** 25

/**
 * Checks what a header claims before anything is allocated: sides that a picture may have, and no more pixels than the
 * file's bytes can hold, so many for a byte.
 */
export const checkSize = (
  file: string,
  offset: number,
  { width, height }: PictureSize,
  bytes: number,
  pixelsPerByte: number,
  limit: number
): E.Either<FileIssue, void> => {
  const actual = `${String(width)} x ${String(height)} pixels`
  const most = Math.min(mostPixels, Math.floor(limit / 4))
  if (width < 1 || height < 1)
    return E.left({ _tag: 'BadShape', file, offset, expected: 'sides of a pixel or more', actual })
  if (width * height > most)
    return E.left({ _tag: 'TooLarge', file, offset, expected: `at most ${String(most)} pixels`, actual })
  return width * height <= pixelsPerByte * bytes
    ? E.right(undefined)
    : E.left({
        _tag: 'Truncated',
        file,
        offset: bytes,
        expected: `bytes for ${actual}`,
        actual: `${String(bytes)} bytes, which cannot hold them`
      })
}

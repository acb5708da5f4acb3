import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../../io/fileIssue.ts'
import type { Picture, PictureSize } from './picture.ts'
import { checkSize } from './picture.ts'

/** Tests whether bytes begin as a JPEG file does. */
export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff

/** More scans than any encoder writes: each goes over the whole picture, however few its bytes are. */
const mostScans = 64

interface JpegHeader extends PictureSize {
  /** Where the frame is described. */
  readonly at: number
  readonly components: number
}

const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

/** Finds the frame among the segments before the first scan. */
export const jpegHeader = (file: string, bytes: Uint8Array): E.Either<FileIssue, JpegHeader> => {
  const cut = (offset: number): E.Either<FileIssue, never> =>
    E.left({
      _tag: 'Truncated',
      file,
      offset: Math.min(offset, bytes.length),
      expected: 'segments up to the frame of a JPEG picture',
      actual: 'none'
    })
  if (!isJpeg(bytes))
    return E.left({ _tag: 'BadMagic', file, offset: 0, expected: 'ff d8 ff', actual: 'something else' })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 2; at + 10 <= bytes.length;) {
    const marker = bytes[at + 1]!
    if (bytes[at] !== 0xff || marker === 0xda || marker === 0xd9) return cut(at)
    if (isFrame(marker)) {
      const components = bytes[at + 9]!
      if (marker > 0xc2)
        return E.left({
          _tag: 'NotSupported',
          file,
          offset: at,
          expected: 'a baseline or progressive frame',
          actual: `frame ${marker.toString(16)}`
        })
      if (![1, 3, 4].includes(components))
        return E.left({
          _tag: 'BadType',
          file,
          offset: at + 9,
          expected: '1, 3 or 4 components',
          actual: String(components)
        })
      return E.right({
        at,
        components,
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        channels: components === 1 ? 1 : 3
      })
    }
    // Between segments there may be fill bytes.
    at = marker === 0xff ? at + 1 : at + 2 + view.getUint16(at + 2)
  }
  return cut(bytes.length)
}

const checkScans = (file: string, bytes: Uint8Array): E.Either<FileIssue, void> => {
  let scans = 0
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1))
    if (bytes[at + 1] === 0xda && ++scans > mostScans)
      return E.left({
        _tag: 'TooLarge',
        file,
        offset: at,
        expected: `at most ${String(mostScans)} scans`,
        actual: 'more'
      })
  return E.right(undefined)
}

/** A block of 8 x 8 pixels takes a bit at least. */
const pixelsPerByte = 512

/** Bytes that the decoder takes for a pixel: coefficients of up to four components, lines, and what comes of them. */
const bytesPerPixel = 64

/** Decoded pictures have four bytes a pixel: red, green, blue, and opacity. */
const withoutOpacity = (data: Uint8Array, channels: 1 | 3): Uint8Array => {
  const pixels = new Uint8Array((data.length / 4) * channels)
  for (let i = 0; i < data.length / 4; i++)
    for (let c = 0; c < channels; c++) pixels[i * channels + c] = data[4 * i + c]!
  return pixels
}

const badJpeg = (file: string, actual: string): FileIssue => ({
  _tag: 'BadCompression',
  file,
  expected: 'a JPEG picture',
  actual
})

/** Decodes a JPEG file, baseline or progressive. What its header claims is checked before anything is allocated. */
export const readJpeg = (file: string, bytes: Uint8Array, limit: number): TE.TaskEither<FileIssue, Picture> =>
  pipe(
    jpegHeader(file, bytes),
    E.tap((header) => checkSize(file, header.at + 5, header, bytes.length, pixelsPerByte, limit)),
    E.tap(() => checkScans(file, bytes)),
    TE.fromEither,
    TE.flatMap((header) =>
      pipe(
        TE.tryCatch(
          async () => {
            const { decode } = (await import('jpeg-js')).default
            const maxMemoryUsageInMB = 1 + (header.width * header.height * bytesPerPixel) / 2 ** 20
            return decode(bytes, { useTArray: true, tolerantDecoding: false, maxMemoryUsageInMB })
          },
          (cause) => badJpeg(file, cause instanceof Error ? cause.message : String(cause))
        ),
        TE.flatMapEither(({ width, height, data }) =>
          width === header.width && height === header.height
            ? E.right({ width, height, channels: header.channels, pixels: withoutOpacity(data, header.channels) })
            : E.left(badJpeg(file, 'another frame after its first'))
        )
      )
    )
  )

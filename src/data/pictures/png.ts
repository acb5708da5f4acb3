import { convertIndexedToRgb, decode } from 'fast-png'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { FileIssue } from '../../io/fileIssue.ts'
import { inflate } from '../inflate.ts'
import type { Picture, PictureSize } from './picture.ts'
import { checkSize } from './picture.ts'

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** Tests whether bytes begin as a PNG file does. */
export const isPng = (bytes: Uint8Array): boolean => signature.every((byte, i) => bytes[i] === byte)

/** The first chunk of a PNG file. */
interface PngHeader extends PictureSize {
  readonly depth: number
  readonly samples: number
  readonly isIndexed: boolean
  readonly isInterlaced: boolean
}

/** Samples of a pixel by colour type: gray, colour, index, gray and colour with transparency. */
const samplesOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

const headerEnd = 8 + 8 + 13 + 4

/** Reads the header of a PNG file; nothing is decompressed. */
export const pngHeader = (file: string, bytes: Uint8Array): E.Either<FileIssue, PngHeader> => {
  const bad = (offset: number, expected: string, actual: string): E.Either<FileIssue, never> =>
    E.left({ _tag: 'BadMagic', file, offset, expected, actual })
  if (bytes.length < headerEnd)
    return E.left({
      _tag: 'Truncated',
      file,
      offset: bytes.length,
      expected: `${String(headerEnd)} bytes of header`,
      actual: `${String(bytes.length)} bytes`
    })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!isPng(bytes) || view.getUint32(8) !== 13 || view.getUint32(12) !== 0x49484452)
    return bad(0, 'the signature and the header of PNG', 'something else')
  const [depth, colour, method, filter, interlaced] = bytes.subarray(24, 29) as unknown as [
    number,
    number,
    number,
    number,
    number
  ]
  const samples = samplesOf[colour]
  if (samples === undefined) return bad(25, 'a colour type of 0, 2, 3, 4 or 6', String(colour))
  if (![1, 2, 4, 8, 16].includes(depth) || (depth < 8 && samples > 1) || (depth === 16 && colour === 3))
    return bad(24, 'a depth that suits the colour type', String(depth))
  if (method !== 0 || filter !== 0 || interlaced > 1)
    return bad(26, 'methods 0, 0 and 0 or 1', `${String(method)}, ${String(filter)}, ${String(interlaced)}`)
  if (interlaced === 1 && depth < 8)
    return E.left({
      _tag: 'NotSupported',
      file,
      offset: 28,
      expected: '8 bits a sample or more where lines are interlaced',
      actual: String(depth)
    })
  return E.right({
    width: view.getUint32(16),
    height: view.getUint32(20),
    channels: colour === 0 || colour === 4 ? 1 : 3,
    depth,
    samples,
    isIndexed: colour === 3,
    isInterlaced: interlaced === 1
  })
}

/** First pixel and distance of the pixels of each pass of Adam7: [x, y, dx, dy]. */
const passes = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]] as const // prettier-ignore

/** Counts the bytes of all lines, each with the byte of its filter. */
const lineBytes = ({ width, height, depth, samples, isInterlaced }: PngHeader): number => {
  const of = (w: number, h: number): number => (w > 0 && h > 0 ? h * (1 + Math.ceil((w * samples * depth) / 8)) : 0)
  return isInterlaced
    ? passes.reduce((sum, [x, y, dx, dy]) => sum + of(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)), 0)
    : of(width, height)
}

/** The chunks of a picture: what else a file has, profiles and texts, might be compressed and is left out. */
const wanted = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']

interface Chunk {
  readonly name: string
  readonly start: number
  /** Its content, without length, name and checksum. */
  readonly content: Uint8Array
}

const chunksOf = (file: string, bytes: Uint8Array): E.Either<FileIssue, readonly Chunk[]> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const chunks: Chunk[] = []
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at)
    const end = at + 12 + length
    if (end > bytes.length) break
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (wanted.includes(name)) chunks.push({ name, start: at, content: bytes.subarray(at + 8, at + 8 + length) })
    if (name === 'IEND') return E.right(chunks)
    at = end
  }
  return E.left({
    _tag: 'Truncated',
    file,
    offset: bytes.length,
    expected: 'chunks up to IEND',
    actual: 'none',
    hint: 'The file was cut short: fetch it again'
  })
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Inflates the lines of a picture without keeping them: they must be as many as its header says, and no more. */
const checkLines = (file: string, chunks: readonly Chunk[], size: number): E.Either<FileIssue, void> => {
  const data = chunks.filter(({ name }) => name === 'IDAT')
  const start = data[0]?.start ?? 0
  const bad = (actual: string): E.Either<FileIssue, void> =>
    E.left({ _tag: 'BadCompression', file, offset: start, expected: `lines of ${String(size)} bytes`, actual })
  const stream = joined(data.map(({ content }) => content))
  // Two bytes of zlib's own before the deflate stream, four of its checksum after it.
  if (stream.length < 7 || (stream[0]! & 15) !== 8 || (stream[1]! & 32) !== 0) return bad('no zlib stream')
  let length = 0
  const read = inflate(file, stream, { start: 2, end: stream.length - 4 }, size / 4, (output) => {
    length += output.length
    return length <= size ? 'more' : 'enough'
  })
  if (E.isLeft(read)) return E.left({ ...read.left, offset: start })
  return length === size ? E.right(undefined) : bad(length > size ? 'more' : String(length))
}

/** The chunks once more, in one array, so that nothing else of the file is decoded. */
const stripped = (bytes: Uint8Array, chunks: readonly Chunk[]): Uint8Array =>
  joined([
    bytes.subarray(0, 8),
    ...chunks.map(({ start, content }) => bytes.subarray(start, start + 12 + content.length))
  ])

/** Spreads samples of less than 8 bits over bytes, 0 to 255. */
const spread = (packed: Uint8Array, { width, height, depth }: PngHeader): Uint8Array => {
  const stride = Math.ceil((width * depth) / 8)
  const most = 2 ** depth - 1
  return new Uint8Array(width * height).map((_, i) => {
    const [row, column] = [Math.floor(i / width), i % width]
    const bit = column * depth
    const shift = 8 - depth - (bit % 8)
    return (((packed[row * stride + (bit >> 3)]! >> shift) & most) * 255) / most
  })
}

/** Lays samples with transparency on white. */
const onWhite = (samples: Uint8Array, from: number, channels: 1 | 3): Uint8Array => {
  const pixels = new Uint8Array((samples.length / from) * channels)
  for (let i = 0; i < samples.length / from; i++) {
    const opacity = samples[i * from + channels]! / 255
    for (let c = 0; c < channels; c++)
      pixels[i * channels + c] = Math.round(255 + (samples[i * from + c]! - 255) * opacity)
  }
  return pixels
}

const pixelsOf = (file: Uint8Array, header: PngHeader): Uint8Array => {
  const decoded = decode(file, { checkCrc: true })
  const { data } = decoded
  const { depth, samples, isIndexed, channels } = header
  if (isIndexed) {
    const colours = convertIndexedToRgb(decoded)
    const each = decoded.palette?.[0]?.length ?? 3
    return each === 4 ? onWhite(colours, 4, 3) : colours
  }
  const bytes =
    depth === 16
      ? new Uint8Array(data.map((x) => x >> 8))
      : depth < 8
        ? spread(data as Uint8Array, header)
        : (data as Uint8Array)
  return samples === channels ? bytes : onWhite(bytes, samples, channels)
}

/**
 * Decodes a PNG file of any colour type and depth, 8 bits a sample; transparency is laid on white. A file that claims or
 * inflates to more than its header says, or is too small for it, is refused before pixels are allocated.
 */
export const readPng = (file: string, bytes: Uint8Array, limit: number): E.Either<FileIssue, Picture> =>
  pipe(
    pngHeader(file, bytes),
    E.tap((header) => checkSize(file, 16, header, bytes.length, (1032 * 8) / header.depth, limit)),
    E.bindTo('header'),
    E.bind('chunks', () => chunksOf(file, bytes)),
    E.tap(({ header, chunks }) => checkLines(file, chunks, lineBytes(header))),
    E.flatMap(({ header, chunks }) =>
      E.tryCatch(
        (): Picture => {
          const { width, height, channels } = header
          return { width, height, channels, pixels: pixelsOf(stripped(bytes, chunks), header) }
        },
        (cause): FileIssue => ({
          _tag: 'BadCompression',
          file,
          expected: 'a PNG picture',
          actual: cause instanceof Error ? cause.message : String(cause)
        })
      )
    )
  )

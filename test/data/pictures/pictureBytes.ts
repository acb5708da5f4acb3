/** Writers of picture files for tests, independent of the readers. */
import jpeg from 'jpeg-js'
import { crc32, deflateSync } from 'node:zlib'

const chunk = (name: string, content: Uint8Array): Uint8Array => {
  const made = new Uint8Array(12 + content.length)
  const view = new DataView(made.buffer)
  view.setUint32(0, content.length)
  made.set(new TextEncoder().encode(name), 4)
  made.set(content, 8)
  view.setUint32(8 + content.length, crc32(made.subarray(4, 8 + content.length)))
  return made
}

export interface PngForm {
  readonly width: number
  readonly height: number
  readonly depth: number
  /** 0 gray, 2 colour, 3 indexed, 4 gray and 6 colour with transparency. */
  readonly colour: number
  readonly interlaced?: boolean
  readonly palette?: readonly number[]
  readonly opacities?: readonly number[]
  /** Other chunks, before the data. */
  readonly others?: readonly (readonly [name: string, content: Uint8Array])[]
}

/** A PNG file of lines as they lie in it: each a byte of its filter, then its samples. */
export const pngBytes = (
  { width, height, depth, colour, interlaced = false, palette, opacities, others = [] }: PngForm,
  lines: Uint8Array
): Uint8Array => {
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8)
  const data = deflateSync(lines)
  const half = Math.ceil(data.length / 2)
  const chunks = [
    chunk('IHDR', header),
    ...(palette === undefined ? [] : [chunk('PLTE', Uint8Array.from(palette))]),
    ...(opacities === undefined ? [] : [chunk('tRNS', Uint8Array.from(opacities))]),
    ...others.map(([name, content]) => chunk(name, content)),
    chunk('IDAT', data.subarray(0, half)),
    chunk('IDAT', data.subarray(half)),
    chunk('IEND', new Uint8Array())
  ]
  return new Uint8Array(Buffer.concat([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), ...chunks]))
}

/** A PNG file of gray or colour, 8 bits a sample, without filters. */
export const plainPng = (width: number, height: number, samples: readonly number[]): Uint8Array => {
  const channels = samples.length / (width * height)
  const stride = width * channels
  const lines = Array.from({ length: height }, (_, y) => [0, ...samples.slice(y * stride, (y + 1) * stride)]).flat()
  return pngBytes({ width, height, depth: 8, colour: channels === 1 ? 0 : 2 }, Uint8Array.from(lines))
}

/** A JPEG file of one colour, or of a colour for each place. */
export const jpegBytes = (
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number]
): Uint8Array => {
  const data = Uint8Array.from(
    Array.from({ length: width * height }, (_, i) => [...colour(i % width, Math.floor(i / width)), 255]).flat()
  )
  return new Uint8Array(jpeg.encode({ width, height, data }, 95).data)
}

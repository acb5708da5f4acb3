import * as E from '#fp-ts/Either'
import { encode } from 'fast-png'
import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodePicture } from '../../../src/data/pictures/decode.ts'
import { fitted, withChannels } from '../../../src/data/pictures/fit.ts'
import type { Picture } from '../../../src/data/pictures/picture.ts'
import { showFileIssue } from '../../../src/io/fileIssue.ts'
import { jpegBytes, plainPng, pngBytes } from './pictureBytes.ts'

const limit = 2 ** 26

const decoded = async (bytes: Uint8Array): Promise<Picture> => {
  const read = await decodePicture('a.png', bytes, limit)()
  if (E.isLeft(read)) throw new Error(showFileIssue(read.left))
  return read.right
}

const refusal = async (bytes: Uint8Array, most = limit): Promise<string> => {
  const read = await decodePicture('a.png', bytes, most)()
  return E.isLeft(read) ? showFileIssue(read.left) : 'decoded'
}

describe('PNG', () => {
  it('is read in every colour type, 8 bits a sample', async () => {
    const of = async (channels: 1 | 2 | 3 | 4, data: number[]) =>
      decoded(encode({ width: 2, height: 1, channels, depth: 8, data: Uint8Array.from(data) }))
    expect(await of(1, [3, 250])).toEqual({ width: 2, height: 1, channels: 1, pixels: Uint8Array.of(3, 250) })
    expect(await of(3, [1, 2, 3, 4, 5, 6])).toMatchObject({ channels: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) })
    // Opaque, half, and not at all: on white.
    expect((await of(2, [10, 255, 10, 0])).pixels).toEqual(Uint8Array.of(10, 255))
    expect((await of(4, [10, 20, 30, 51, 0, 0, 0, 0])).pixels).toEqual(Uint8Array.of(206, 208, 210, 255, 255, 255))
  })

  it('is read at every depth', async () => {
    const gray = async (depth: number, line: readonly number[], width = 4) => [
      ...(await decoded(pngBytes({ width, height: 1, depth, colour: 0 }, Uint8Array.of(0, ...line)))).pixels
    ]
    expect(await gray(1, [0b1010_0000])).toEqual([255, 0, 255, 0])
    expect(await gray(2, [0b00_01_10_11])).toEqual([0, 85, 170, 255])
    expect(await gray(4, [0x0f, 0x18])).toEqual([0, 255, 17, 136])
    expect(await gray(16, [1, 200, 2, 0, 255, 255, 0, 255])).toEqual([1, 2, 255, 0])
  })

  it('is read with a palette, and with opacities of its colours', async () => {
    const palette = [10, 20, 30, 40, 50, 60]
    const form = { width: 3, height: 1, depth: 1, colour: 3, palette }
    const line = Uint8Array.of(0, 0b0110_0000)
    expect((await decoded(pngBytes(form, line))).pixels).toEqual(Uint8Array.of(10, 20, 30, 40, 50, 60, 40, 50, 60))
    expect((await decoded(pngBytes({ ...form, opacities: [0] }, line))).pixels).toEqual(Uint8Array.of(255, 255, 255, 40, 50, 60, 40, 50, 60)) // prettier-ignore
  })

  it('is read interlaced', async () => {
    // 2 x 2: the first pass has the corner, the sixth the one to its right, the seventh the second row.
    const form = { width: 2, height: 2, depth: 8, colour: 0, interlaced: true }
    expect((await decoded(pngBytes(form, Uint8Array.of(0, 1, 0, 2, 0, 3, 4)))).pixels).toEqual(
      Uint8Array.of(1, 2, 3, 4)
    )
    expect(await refusal(pngBytes({ ...form, depth: 1 }, Uint8Array.of(0, 0)))).toMatch(/NotSupported/)
  })

  it('does not look at other chunks, which may be bombs', async () => {
    const profile = Uint8Array.of(65, 0, 0, ...deflateSync(new Uint8Array(2 ** 24)))
    const form = { width: 1, height: 1, depth: 8, colour: 0, others: [['iCCP', profile]] as const }
    expect((await decoded(pngBytes(form, Uint8Array.of(0, 7)))).pixels).toEqual(Uint8Array.of(7))
  })

  it('that claims what it cannot hold is refused, with the byte', async () => {
    const form = { width: 100_000, height: 100_000, depth: 8, colour: 2 }
    expect(await refusal(pngBytes(form, Uint8Array.of(0)))).toMatch(/byte 16: expected at most \d+ pixels, got 100000 x 100000 pixels \(TooLarge\)/) // prettier-ignore
    expect(await refusal(pngBytes({ ...form, width: 3000, height: 3000 }, Uint8Array.of(0)))).toMatch(
      /cannot hold them/
    )
    expect(await refusal(pngBytes({ ...form, width: 0 }, Uint8Array.of(0)))).toMatch(/BadShape/)
    expect(await refusal(plainPng(20, 20, Array<number>(400).fill(0)), 1000)).toMatch(/at most 250 pixels/)
  })

  it('whose data are more or less than its lines is refused', async () => {
    const form = { width: 2, height: 2, depth: 8, colour: 0 }
    expect(await refusal(pngBytes(form, new Uint8Array(2 ** 24)))).toMatch(/lines of 6 bytes, got more/)
    expect(await refusal(pngBytes(form, new Uint8Array(5)))).toMatch(/lines of 6 bytes, got 5/)
    expect(await refusal(pngBytes(form, Uint8Array.of(9, 0, 0, 0, 0, 0)))).toMatch(/BadCompression/)
  })

  it('that is damaged is refused', async () => {
    const whole = plainPng(3, 2, [1, 2, 3, 4, 5, 6])
    for (const bytes of [
      whole.subarray(0, 20),
      whole.subarray(0, -12),
      whole.with(60, whole[60]! ^ 1),
      whole.with(25, 5)
    ])
      expect(await refusal(bytes)).toMatch(/a\.png, byte|BadCompression/)
  })
})

describe('JPEG', () => {
  it('is read in colour', async () => {
    const { pixels, ...form } = await decoded(jpegBytes(16, 8, () => [200, 100, 50]))
    expect(form).toEqual({ width: 16, height: 8, channels: 3 })
    pixels.forEach((x, i) => expect(Math.abs(x - [200, 100, 50][i % 3]!)).toBeLessThan(4))
  })

  it('that claims what it cannot hold is refused, with the byte', async () => {
    const bytes = jpegBytes(8, 8, () => [1, 2, 3])
    const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0)
    const claiming = bytes.slice()
    claiming.fill(255, frame + 5, frame + 9)
    expect(await refusal(claiming)).toMatch(
      new RegExp(`byte ${String(frame + 5)}: .*65535 x 65535 pixels \\(TooLarge\\)`)
    )
    claiming.set([16, 0, 16, 0], frame + 5)
    expect(await refusal(claiming)).toMatch(/4096 x 4096 pixels, got \d+ bytes, which cannot hold them/)
  })

  it('of more scans than pictures have is refused', async () => {
    const bytes = jpegBytes(8, 8, () => [1, 2, 3])
    expect(await refusal(new Uint8Array(Buffer.concat([bytes, ...Array<Uint8Array>(70).fill(Uint8Array.of(255, 0xda))])))).toMatch(/at most 64 scans/) // prettier-ignore
  })

  it('that is damaged or another kind of frame is refused', async () => {
    const bytes = jpegBytes(8, 8, () => [1, 2, 3])
    const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0)
    expect(await refusal(bytes.subarray(0, 100))).toMatch(/segments up to the frame/)
    expect(await refusal(bytes.subarray(0, -40))).toMatch(/BadCompression/)
    expect(await refusal(bytes.with(frame + 1, 0xc9))).toMatch(/NotSupported/)
    expect(await refusal(bytes.with(frame + 9, 2))).toMatch(/1, 3 or 4 components, got 2/)
  })
})

describe('a picture in form', () => {
  const gradient: Picture = {
    width: 8,
    height: 4,
    channels: 1,
    pixels: Uint8Array.from({ length: 32 }, (_, i) => 10 * (i % 8))
  }

  it('is the middle, averaged where it becomes smaller', () => {
    // Columns 2 to 5 are 20 to 50; two samples take triangles of reach 2 around 3 and 5.
    const { width, height, pixels } = fitted(gradient, 2)
    expect([width, height, [...pixels]]).toEqual([2, 2, [25, 45, 25, 45]])
    expect(fitted(gradient, 4).pixels.slice(0, 4)).toEqual(Uint8Array.of(20, 30, 40, 50))
  })

  it('keeps what is uniform at any size', () => {
    for (const size of [1, 3, 5, 9]) {
      const uniform = { width: 5, height: 7, channels: 3 as const, pixels: new Uint8Array(105).fill(77) }
      expect(fitted(uniform, size).pixels).toEqual(new Uint8Array(size * size * 3).fill(77))
    }
  })

  it('is gray by luma, or gray in three channels', () => {
    const colour = { width: 1, height: 1, channels: 3 as const, pixels: Uint8Array.of(100, 200, 50) }
    expect(withChannels(colour, 1).pixels).toEqual(Uint8Array.of(153))
    expect(withChannels(withChannels(colour, 1), 3).pixels).toEqual(Uint8Array.of(153, 153, 153))
    expect(withChannels(colour, 3)).toBe(colour)
  })
})

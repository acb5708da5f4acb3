import { decode } from 'fast-png'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gridOf, imageGrid } from '../../src/io/imageGrid.ts'
import type { Picture } from '../../src/io/png.ts'
import { encodePng } from '../../src/io/png.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'

const pixel = ({ width, pixels }: Picture, x: number, y: number): readonly number[] => [
  ...pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)
]

describe('encodePng', () => {
  it('is decoded as it was', () => {
    const pictures = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
      .chain(([width, height]) =>
        fc
          .uint8ClampedArray({ minLength: 3 * width * height, maxLength: 3 * width * height })
          .map((pixels) => ({ width, height, pixels }))
      )
    fc.assert(
      fc.property(pictures, (picture) => {
        const { width, height, channels, data } = decode(encodePng(picture))
        expect({ width, height, channels, data: [...data] }).toEqual({
          width: picture.width,
          height: picture.height,
          channels: 3,
          data: [...picture.pixels]
        })
      })
    )
  })
})

describe('imageGrid', () => {
  const images = makeTensor([-1, 1, 0, NaN, -7, 7], [3, 1, 1, 2])

  it('puts images in rows, with gaps', () => {
    const grid = gridOf(images, { columns: 2, gap: 1 })
    expect([grid.width, grid.height]).toEqual([7, 5])
    expect(pixel(grid, 1, 1)).toEqual([0, 0, 0])
    expect(pixel(grid, 2, 1)).toEqual([255, 255, 255])
    expect(pixel(grid, 4, 1)).toEqual([128, 128, 128])
    expect(pixel(grid, 5, 1)).toEqual([255, 0, 255])
    expect(pixel(grid, 1, 3)).toEqual([0, 0, 0])
    expect(pixel(grid, 2, 3)).toEqual([255, 255, 255])
  })

  it('enlarges pixels', () => {
    const grid = gridOf(images, { columns: 3, gap: 0, scale: 3 })
    expect([grid.width, grid.height]).toEqual([18, 3])
    expect([2, 3].map((x) => pixel(grid, x, 2)[0])).toEqual([0, 255])
  })

  it('takes three channels as red, green and blue', () => {
    const grid = gridOf(makeTensor([1, -1, 0], [1, 3, 1, 1]), { gap: 0 })
    expect(pixel(grid, 0, 0)).toEqual([255, 0, 128])
  })

  it.each<readonly [object, RegExp]>([
    [{ scale: 0 }, /a whole number of at least 1, or nothing as scale; got 0/],
    [{ scale: 1.5 }, /as scale; got 1.5/],
    [{ columns: 0 }, /as columns; got 0/],
    [{ gap: -1 }, /as gap; got -1/],
    [{ colums: 2 }, /one of columns, gap, scale; got colums. Did you mean columns\?/],
    [{ scale: 1e6 }, /a picture of at most 2\^28 pixels; got/]
  ])('refuses %j', (options, text) => {
    const images = makeTensor(new Float32Array(4), [1, 1, 2, 2])
    expect(() => imageGrid(images, options)).toThrow(text)
  })

  it('names a shape that does not fit', () => {
    expect(() => imageGrid(makeTensor([1, 2]))).toThrow(/images \[n, 1 or 3, h, w\].*got float32\[2\]/)
  })
})

import { decode } from 'fast-png'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { imageGrid, rasterizeGrid } from '../../src/io/imageGrid.ts'
import { toPng } from '../../src/io/png.ts'
import type { Raster } from '../../src/io/raster.ts'
import { blank, box, circle, disc, paint } from '../../src/io/raster.ts'
import { rasterizeScatter, scatter } from '../../src/io/scatter.ts'
import { ticks } from '../../src/io/ticks.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'

const pixel = ({ width, pixels }: Raster, x: number, y: number): readonly number[] => [
  ...pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)
]

describe('toPng', () => {
  it('is decoded as it was', () => {
    const raster = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
      .chain(([width, height]) =>
        fc
          .uint8ClampedArray({ minLength: 3 * width * height, maxLength: 3 * width * height })
          .map((pixels) => ({ width, height, pixels }))
      )
    fc.assert(
      fc.property(raster, (picture) => {
        const { width, height, channels, data } = decode(toPng(picture))
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
    const grid = rasterizeGrid(images, { columns: 2, gap: 1 })
    expect([grid.width, grid.height]).toEqual([7, 5])
    expect(pixel(grid, 1, 1)).toEqual([0, 0, 0])
    expect(pixel(grid, 2, 1)).toEqual([255, 255, 255])
    expect(pixel(grid, 4, 1)).toEqual([128, 128, 128])
    expect(pixel(grid, 5, 1)).toEqual([255, 0, 255])
    expect(pixel(grid, 1, 3)).toEqual([0, 0, 0])
    expect(pixel(grid, 2, 3)).toEqual([255, 255, 255])
  })

  it('enlarges pixels', () => {
    const grid = rasterizeGrid(images, { columns: 3, gap: 0, scale: 3 })
    expect([grid.width, grid.height]).toEqual([18, 3])
    expect([2, 3].map((x) => pixel(grid, x, 2)[0])).toEqual([0, 255])
  })

  it('takes three channels as red, green and blue', () => {
    const grid = rasterizeGrid(makeTensor([1, -1, 0], [1, 3, 1, 1]), { gap: 0 })
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

describe('shapes', () => {
  it('cover as much as their area', () => {
    const area = (shape: ReturnType<typeof disc>): number => {
      const canvas = blank('test', 40, 40, [0, 0, 0])
      paint(canvas, shape, [0, 0, 40, 40], [1, 1, 1])
      return canvas.pixels.reduce((sum, x) => sum + x, 0) / 3 / 255
    }
    expect(area(disc(20.3, 19.6, 10)) / (Math.PI * 100)).toBeCloseTo(1, 1)
    expect(area(circle(20, 20, 10, 2)) / (Math.PI * (121 - 81))).toBeCloseTo(1, 1)
    expect(area(box(3.25, 4, 10, 8.5)) / (6.75 * 4.5)).toBeCloseTo(1, 2)
  })
})

describe('scatter', () => {
  const ring = makeTensor([
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1]
  ])
  const blue = ([r, , b]: readonly number[]): boolean => b! - r! > 60

  it('puts samples where the axes say, y upwards', () => {
    const picture = rasterizeScatter(makeTensor([[1, 2]]), { extent: 4, size: 200 })
    const [left, width] = [18, 164]
    expect(blue(pixel(picture, Math.floor(left + (5 / 8) * width), Math.floor(200 - left - (6 / 8) * width)))).toBe(
      true
    )
    expect(blue(pixel(picture, Math.floor(left + (5 / 8) * width), Math.floor(left + (6 / 8) * width)))).toBe(false)
  })

  it('leaves out what is no number or outside, and survives it', () => {
    const none = rasterizeScatter(makeTensor([], [0, 2]), { extent: 1, size: 90 })
    const far = rasterizeScatter(
      makeTensor([
        [NaN, 0],
        [Infinity, 1],
        [5, 5]
      ]),
      { extent: 1, size: 90 }
    )
    expect(far.pixels).toEqual(none.pixels)
    expect(() => scatter(makeTensor([[NaN, NaN]]))).not.toThrow()
    expect(() => scatter(makeTensor([[0, 0]]))).not.toThrow()
  })

  it('keeps the scale of the true centres when samples run away', () => {
    const calm = rasterizeScatter(makeTensor([], [0, 2]), { centres: ring, extent: 3 * 1.15, size: 90 })
    const wild = rasterizeScatter(makeTensor([[1e30, 1e30]]), { centres: ring, size: 90 })
    expect(wild.pixels).toEqual(calm.pixels)
  })

  it('names a shape that does not fit', () => {
    expect(() => scatter(makeTensor([[1, 2, 3]]))).toThrow(/points \[n, 2\].*\[1, 3\]/)
  })
})

describe('ticks', () => {
  it('are round numbers', () => {
    expect(ticks(-1.15, 1.15, 6)).toEqual([-1, -0.5, 0, 0.5, 1])
    expect(ticks(-4.6, 4.6, 6)).toEqual([-4, -2, 0, 2, 4])
    expect(ticks(0, 0.0003, 3)).toEqual([0, 0.0001, 0.0002, 0.0003])
  })
  it('lie inside and are few, for any interval', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e6 }), (low, width) => {
        const found = ticks(low, low + width, 6)
        expect(found.length).toBeLessThanOrEqual(8)
        for (const tick of found) {
          expect(tick).toBeGreaterThanOrEqual(low - 1e-6 * width)
          expect(tick).toBeLessThanOrEqual(low + width * (1 + 1e-6))
        }
      })
    )
  })
  it('are none for an empty interval', () => expect(ticks(1, 1, 6)).toEqual([]))
})

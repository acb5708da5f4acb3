import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireNumbers } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { count, countOrZero, optional, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'
import type { Picture } from './png.ts'
import { encodePng } from './png.ts'

export interface ImageGridOptions {
  /** Images in a row; by default as many as make the grid nearly square. */
  readonly columns?: number
  /** Pixels between images and around them, 2 by default. */
  readonly gap?: number
  /** How many pixels wide and high a pixel becomes, a whole number, 1 by default. */
  readonly scale?: number
}

const mostPixels = 2 ** 28
/** Magenta: red, green and blue. */
const notANumber = [255, 0, 255] as const
const rules = { columns: optional(count), gap: optional(countOrZero), scale: optional(count) }

/** Draws a grid of images as a picture: `imageGrid` before it becomes a file. */
export const gridOf = (images: Tensor, options?: ImageGridOptions): Picture => {
  const [n = 0, channels, h = 0, w = 0] = requireNumbers('imageGrid', images, 'images [n, 1 or 3, h, w]').shape
  if (images.shape.length !== 4 || (channels !== 1 && channels !== 3) || n * h * w === 0)
    fail('ShapeMisfit', { op: 'imageGrid', expected: 'images [n, 1 or 3, h, w]', actual: showAval(images) })
  const { columns = Math.ceil(Math.sqrt(n)), gap = 2, scale = 1 } = requireOptions('imageGrid', options, rules)
  const rows = Math.ceil(n / columns)
  const pitch = (extent: number): number => extent * scale + gap
  const [width, height] = [columns * pitch(w) + gap, rows * pitch(h) + gap]
  if (width * height > mostPixels)
    fail('InvalidArgument', {
      op: 'imageGrid',
      expected: 'a picture of at most 2^28 pixels',
      actual: `${String(width)} x ${String(height)}`,
      hint: 'Draw fewer samples, or smaller ones'
    })
  const pixels = new Uint8ClampedArray(3 * width * height).fill(255)
  for (let i = 0; i < n; i++) {
    const left = gap + (i % columns) * pitch(w)
    const top = gap + Math.floor(i / columns) * pitch(h)
    for (let y = 0; y < h * scale; y++)
      for (let x = 0; x < w * scale; x++) {
        const at = 3 * ((top + y) * width + left + x)
        for (let c = 0; c < 3; c++) {
          const plane = i * channels! + (channels === 3 ? c : 0)
          const value = images.data[(plane * h + Math.floor(y / scale)) * w + Math.floor(x / scale)]!
          pixels[at + c] = Number.isNaN(value) ? notANumber[c]! : (value + 1) * 127.5
        }
      }
  }
  return { width, height, pixels }
}

/**
 * Draws images [n, 1 or 3, height, width] in a grid as a PNG file, row by row. -1 is black and 1 is full brightness;
 * values beyond are clamped, NaN is magenta.
 *
 * @throws ShapeMisfit for other shapes; InvalidArgument for options that are none, and pictures of more than 2^28 pixels
 *
 * @example
 * import { imageGrid, zeros } from 'saddlepoint'
 * imageGrid(zeros([4, 1, 28, 28])).slice(1, 4) // => [80, 78, 71]
 */
export const imageGrid = (images: Tensor, options?: ImageGridOptions, ...more: None): Uint8Array => {
  refuseMore('imageGrid', more)
  return encodePng(gridOf(images, options))
}

/** A small canvas: what pictures of samples take, antialiased, with no dependence on a browser. */

import { fail } from '../tensor/error.ts'

/** Red, green and blue in [0, 1]. */
export type Colour = readonly [number, number, number]

export interface Raster {
  readonly width: number
  readonly height: number
  /** Red, green, blue of each pixel in 0..255, rows from the top. */
  readonly pixels: Uint8ClampedArray
}

const mostPixels = 2 ** 28

/** Makes a picture of one colour; one of more than 2^28 pixels is refused. */
export const blank = (op: string, width: number, height: number, [r, g, b]: Colour): Raster => {
  if (width * height > mostPixels)
    fail('InvalidArgument', {
      op,
      expected: 'a picture of at most 2^28 pixels',
      actual: `${String(width)} x ${String(height)}`,
      hint: 'Draw fewer samples, or smaller ones'
    })
  const pixels = new Uint8ClampedArray(3 * width * height)
  for (let i = 0; i < pixels.length; i += 3) {
    pixels[i] = 255 * r
    pixels[i + 1] = 255 * g
    pixels[i + 2] = 255 * b
  }
  return { width, height, pixels }
}

/**
 * Describes a shape: how much of the pixel whose centre is (x, y) it covers, in [0, 1]. Pixel (0, 0) has its centre at
 * (0.5, 0.5).
 */
export type Coverage = (x: number, y: number) => number

const clampUnit = (x: number): number => Math.min(1, Math.max(0, x))

export const disc =
  (cx: number, cy: number, radius: number): Coverage =>
  (x, y) =>
    clampUnit(radius + 0.5 - Math.hypot(x - cx, y - cy))

/** Makes a circle's line of the given width around radius. */
export const circle =
  (cx: number, cy: number, radius: number, width: number): Coverage =>
  (x, y) =>
    clampUnit(width / 2 + 0.5 - Math.abs(Math.hypot(x - cx, y - cy) - radius))

/** Makes the rectangle from (left, top) to (right, bottom); exact at fractional edges. */
export const box =
  (left: number, top: number, right: number, bottom: number): Coverage =>
  (x, y) =>
    clampUnit(Math.min(x + 0.5, right) - Math.max(x - 0.5, left)) *
    clampUnit(Math.min(y + 0.5, bottom) - Math.max(y - 0.5, top))

/** Bounds the pixels in which a shape may lie: left, top, right, bottom. */
export type Bounds = readonly [number, number, number, number]

/** Paints a shape onto a raster that nobody else holds yet: drawing mutates it. */
export const paint = (raster: Raster, shape: Coverage, bounds: Bounds, colour: Colour, opacity = 1): void => {
  const { width, height, pixels } = raster
  const [left, top, right, bottom] = bounds
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, Math.ceil(bottom)); y++)
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, Math.ceil(right)); x++) {
      const alpha = opacity * shape(x + 0.5, y + 0.5)
      if (alpha === 0) continue
      const at = 3 * (y * width + x)
      for (let c = 0; c < 3; c++) pixels[at + c] = (1 - alpha) * pixels[at + c]! + alpha * 255 * colour[c]!
    }
}

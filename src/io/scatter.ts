import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireNumbers } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import { anything, optional, positive, requireOptions } from '../tensor/options.ts'
import { showAval } from '../tensor/tensor.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { glyphHeight, glyphWidth, write } from './glyphs.ts'
import { toPng } from './png.ts'
import type { Colour, Raster } from './raster.ts'
import { blank, box, circle, disc, paint } from './raster.ts'
import { ticks } from './ticks.ts'

export interface ScatterOptions {
  /** True centres [modes, 2], drawn as rings around the place. */
  readonly centres?: Tensor
  /** Real samples [m, 2], drawn in grey beneath. */
  readonly real?: Tensor
  /** The picture's width and height in pixels, 480 by default. */
  readonly size?: number
  /** The axes run from -extent to extent; by default what centres, real samples and 99 % of the samples need. */
  readonly extent?: number
}

const white: Colour = [1, 1, 1]
const ink: Colour = [0.35, 0.37, 0.4]
const faint: Colour = [0.91, 0.92, 0.93]
const realColour: Colour = [0.6, 0.62, 0.65]
const sampleColour: Colour = [0.12, 0.42, 0.78]
const centreColour: Colour = [0.86, 0.29, 0.13]

/**
 * Finds the half-width of a square around 0 in which nearly all points lie: a few strays must not shrink the picture.
 */
const extentOf = (samples: Tensor, exact: readonly Tensor[]): number => {
  const sizes = Array.from(samples.data, Math.abs)
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  const most = sizes[Math.floor(0.99 * (sizes.length - 1))] ?? 0
  const needed = exact.flatMap(({ data }) => Array.from(data, Math.abs)).reduce((a, b) => Math.max(a, b), 0)
  // Diverging samples are cut off at thrice what the real ones need; without these they set the scale themselves.
  return 1.15 * (needed > 0 ? Math.max(needed, Math.min(most, 3 * needed)) : most) || 1
}

const drawAxes = (raster: Raster, extent: number, toPixel: (v: number) => number): void => {
  const size = raster.width
  const dot = Math.max(1, Math.round(size / 300))
  const line = (x0: number, y0: number, x1: number, y1: number, colour: Colour): void =>
    paint(raster, box(x0, y0, x1, y1), [x0, y0, x1, y1], colour)
  const [low, high] = [toPixel(-extent), toPixel(extent)]
  for (const tick of ticks(-extent, extent, 6)) {
    const at = Math.round(toPixel(tick))
    line(at, low, at + 1, high, faint)
    line(low, size - at, high, size - at + 1, faint)
    const text = String(tick)
    write(raster, text, Math.round(at - (glyphWidth(text) * dot) / 2), high + 3 * dot, dot, ink)
    write(raster, text, low - (glyphWidth(text) + 3) * dot, Math.round(size - at - (glyphHeight * dot) / 2), dot, ink)
  }
  line(low, low, high, low + 1, ink)
  line(low, high, high + 1, high + 1, ink)
  line(low, low, low + 1, high, ink)
  line(high, low, high + 1, high, ink)
}

const pixels: Rule = {
  expected: 'a whole number from 16 to 16384',
  accepts: (x) => Number.isInteger(x) && (x as number) >= 16 && (x as number) <= 16_384
}
const rules = {
  centres: anything,
  real: anything,
  size: optional(pixels),
  extent: optional(positive)
}

/** Draws samples in the plane as a picture: `scatter` before it becomes a file. */
export const rasterizeScatter = (samples: Tensor, options?: ScatterOptions): Raster => {
  const { centres, real, size = 480, extent: asked } = requireOptions<ScatterOptions>('scatter', options, rules)
  const marks = [real, centres].filter((points) => points !== undefined)
  for (const points of [samples, ...marks]) {
    const { shape } = requireNumbers('scatter', points, 'points [n, 2]')
    if (shape.length !== 2 || shape[1] !== 2)
      fail('ShapeMisfit', { op: 'scatter', expected: 'points [n, 2]', actual: showAval(points) })
  }
  const extent = asked ?? extentOf(samples, marks)
  const margin = Math.round(size * 0.09)
  const place = (v: number): number => margin + ((v + extent) / (2 * extent)) * (size - 2 * margin)
  const raster = blank('scatter', size, size, white)
  drawAxes(raster, extent, (v) => Math.round(place(v)))
  const each = ({ shape, data }: Tensor, draw: (x: number, y: number) => void): void => {
    for (let i = 0; i < shape[0]!; i++) {
      const [x, y] = [data[2 * i]!, data[2 * i + 1]!]
      if (Math.abs(x) <= extent && Math.abs(y) <= extent) draw(place(x), size - place(y))
    }
  }
  const dots = (points: Tensor, radius: number, colour: Colour, opacity: number): void =>
    each(points, (x, y) => {
      const reach = radius + 1
      paint(raster, disc(x, y, radius), [x - reach, y - reach, x + reach, y + reach], colour, opacity)
    })
  const radius = Math.max(1, size / 280)
  if (real !== undefined) dots(real, radius, realColour, 0.5)
  dots(samples, radius, sampleColour, 0.55)
  if (centres !== undefined)
    each(centres, (x, y) => {
      const reach = 5 * radius
      paint(
        raster,
        circle(x, y, 3.6 * radius, radius * 0.8),
        [x - reach, y - reach, x + reach, y + reach],
        centreColour
      )
    })
  return raster
}

/**
 * Draws samples [n, 2] in the plane as a PNG file: blue dots in a box of labelled axes, real samples grey, true centres
 * ringed in red. Samples outside the box, and those that are no numbers, are left out.
 *
 * @example
 * import { scatter, tensor } from 'saddlepoint'
 * scatter(tensor([[0, 1], [1, 0]]), { centres: tensor([[0, 1]]) }).slice(1, 4) // => [80, 78, 71]
 */
export const scatter = (samples: Tensor, options?: ScatterOptions, ...more: None): Uint8Array => {
  refuseMore('scatter', more)
  return toPng(rasterizeScatter(samples, options))
}

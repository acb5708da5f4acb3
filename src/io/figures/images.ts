import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import { count, optional, requireOptions } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { dataUri, escapeHtml } from '../html.ts'
import { imageGrid } from '../imageGrid.ts'
import { svgOf } from './frame.ts'
import type { FigureOptions } from './options.ts'
import { figureRules } from './options.ts'
import { textWidth } from './legend.ts'

/** Holds images [n, 1 or 3, height, width] in [-1, 1] that stand side by side, by a name: samples of a run, or a walk. */
export interface ImageRow {
  readonly name: string
  readonly images: Tensor
}

export interface ImagesOptions extends Omit<FigureOptions, 'height'> {
  /** How many images of a row stand side by side before they go on below; all by default. */
  readonly columns?: number
}

const { height: _, ...shared } = figureRules
const rules = { ...shared, columns: optional(count) }

const gap = 2

/**
 * Draws rows of images, each with its name, as the text of an SVG file: samples of several runs, or walks of a generator along its
 * singular directions. The pixels are a PNG inside it. -1 is black and 1 is full brightness; NaN is magenta.
 *
 * @throws InvalidArgument for what are no rows; ShapeMisfit for what are no images
 *
 * @example
 * import { zeros } from 'saddlepoint'
 * import { Figure } from 'saddlepoint/figures'
 * const svg = Figure.images([
 *   { name: 'stretched most', images: zeros([7, 1, 8, 8]) },
 *   { name: 'stretched least', images: zeros([7, 1, 8, 8]) }
 * ])
 * svg.includes('stretched most') // => true
 */
export const images = (rows: readonly ImageRow[], options: ImagesOptions = {}, ...more: None): string => {
  const op = 'Figure.images'
  refuseMore(op, more)
  const { title = 'Samples', description, width = 640, columns = Infinity } = requireOptions<ImagesOptions>(op, options, rules) // prettier-ignore
  const given: unknown = rows
  if (!Array.isArray(given) || !given.every((row) => isRecord(row) && typeof row['name'] === 'string'))
    fail('InvalidArgument', { op, expected: 'a list of rows { name, images }', actual: showValue(given) })
  const names = rows.map(({ name }) => name)
  const left = 24 + Math.max(0, ...names.map(textWidth))
  const drawn: string[] = []
  let top = 40
  for (const { name, images: row } of rows) {
    const png = imageGrid(row, { columns: Math.min(columns, row.shape[0] ?? 1), gap })
    const [n = 1, , h = 1, w = 1] = row.shape
    const across = Math.min(columns, n)
    const [wide, high] = [across * (w + gap) + gap, Math.ceil(n / across) * (h + gap) + gap]
    const scale = Math.min((width - left - 12) / wide, 3)
    drawn.push(
      `<text x="12" y="${(top + (high * scale) / 2 + 4).toFixed(1)}" text-anchor="start">${escapeHtml(name)}</text>` +
        `<image x="${left.toFixed(1)}" y="${String(top)}" width="${(wide * scale).toFixed(1)}" ` +
        `height="${(high * scale).toFixed(1)}" image-rendering="optimizeSpeed" href="${dataUri('image/png', png)}"/>`
    )
    top += Math.ceil(high * scale) + 6
  }
  const heading = `<text x="12" y="22" text-anchor="start" font-size="15" font-weight="700">${escapeHtml(title)}</text>`
  return svgOf(heading + drawn.join(''), {
    title,
    description: description ?? `Rows of images: ${names.join(', ')}`,
    width,
    height: top + 6
  })
}

import * as Plot from '@observablehq/plot'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore, requireNumbers } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import { anything, optional, positive, requireOptions } from '../../tensor/options.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { showAval } from '../../tensor/tensor.ts'
import { draw, squareHeight } from './frame.ts'
import type { FigureOptions } from './options.ts'
import { figureRules } from './options.ts'
import { colourOf } from './palette.ts'

export interface ScatterOptions extends Omit<FigureOptions, 'height'> {
  /** True centres [modes, 2], drawn as rings around the place. */
  readonly centres?: Tensor
  /** Real samples [m, 2], drawn in grey beneath. */
  readonly real?: Tensor
  /** The axes run from -extent to extent; by default what centres, real samples and 99 % of the samples need. */
  readonly extent?: number
}

const { height: _, ...shared } = figureRules
const rules = { ...shared, centres: anything, real: anything, extent: optional(positive) }

/** Beyond it an axis has no pixels to tell its places by. */
const largest = 1e100

/**
 * Finds the half-width of a square around 0 in which nearly all points lie: a few strays must not shrink the picture.
 */
const extentOf = (samples: Tensor, exact: readonly Tensor[]): number => {
  const sizes = Array.from(samples.data, Math.abs)
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  const most = sizes[Math.floor(0.99 * (sizes.length - 1))] ?? 0
  const needed = exact
    .flatMap(({ data }) => Array.from(data, Math.abs))
    .filter(Number.isFinite)
    .reduce((a, b) => Math.max(a, b), 0)
  // Diverging samples are cut off at thrice what the real ones need; without these they set the scale themselves.
  return 1.15 * (needed > 0 ? Math.max(needed, Math.min(most, 3 * needed)) : most) || 1
}

/** Lists the points [n, 2] that lie within the axes. */
const within = ({ shape: [n = 0], data }: Tensor, extent: number): readonly (readonly [number, number])[] =>
  Array.from({ length: n }, (_, i) => [data[2 * i]!, data[2 * i + 1]!] as const).filter(
    ([x, y]) => Math.abs(x) <= extent && Math.abs(y) <= extent
  )

/**
 * Draws samples [n, 2] in the plane as the text of an SVG file: blue dots on equal axes, real samples grey beneath, true centres as
 * rings. Samples outside the axes, and those that are no numbers, are left out, and the description counts them.
 *
 * @throws ShapeMisfit for what are no points; InvalidArgument for options that are none
 *
 * @example
 * import { tensor } from 'saddlepoint'
 * import { Figure } from 'saddlepoint/figures'
 * const svg = Figure.scatter(tensor([[0, 1], [1, 0]]), { centres: tensor([[0, 1]]), title: 'Two samples' })
 * svg.includes('<title>Two samples</title>') // => true
 */
export const scatter = (samples: Tensor, options: ScatterOptions = {}, ...more: None): string => {
  const op = 'Figure.scatter'
  refuseMore(op, more)
  const read = requireOptions<ScatterOptions>(op, options, rules)
  const { centres, real, title = 'Samples', width = 480 } = read
  const exact = [real, centres].filter((points) => points !== undefined)
  for (const points of [samples, ...exact]) {
    const { shape } = requireNumbers(op, points, 'points [n, 2]')
    if (shape.length !== 2 || shape[1] !== 2)
      fail('ShapeMisfit', { op, expected: 'points [n, 2]', actual: showAval(points) })
  }
  const extent = Math.min(read.extent ?? extentOf(samples, exact), largest)
  const [grey, blue, red] = ['#8b939c', colourOf(0), colourOf(1)]
  const inside = within(samples, extent)
  const absent = samples.shape[0]! - inside.length
  const keys = [
    ...(real === undefined ? [] : [{ name: 'real', colour: grey }]),
    { name: 'samples', colour: blue },
    ...(centres === undefined ? [] : [{ name: 'true centres', colour: red }])
  ]
  const entries = keys.length === 1 ? [] : keys
  return draw({
    title,
    description:
      read.description ??
      `${String(inside.length)} samples in the plane${absent === 0 ? '' : `; ${String(absent)} lie outside or are no numbers`}`,
    width,
    height: squareHeight(entries, width),
    legend: entries,
    x: { label: 'first coordinate', values: [-extent, extent], nice: false },
    y: { label: 'second coordinate', values: [-extent, extent], nice: false },
    marks: [
      Plot.frame({ strokeOpacity: 0.3 }),
      ...(real === undefined ? [] : [Plot.dot(within(real, extent), { r: 1.6, fill: grey, fillOpacity: 0.5 })]),
      Plot.dot(inside, { r: 1.6, fill: blue, fillOpacity: 0.6 }),
      ...(centres === undefined ? [] : [Plot.dot(within(centres, extent), { r: 6, stroke: red, strokeWidth: 1.6 })])
    ]
  })
}

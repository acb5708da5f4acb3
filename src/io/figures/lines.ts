import * as Plot from '@observablehq/plot'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import { flag, optional, requireOptions, text } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import { isRecord } from '../../tensor/tree.ts'
import { thin } from '../thinning.ts'
import { isDrawable } from './axes.ts'
import { draw } from './frame.ts'
import type { FigureOptions } from './options.ts'
import { figureRules } from './options.ts'
import { colourOf } from './palette.ts'

/** Holds one line of a figure: y over x. What is null, NaN or infinite is a gap. */
export interface Line {
  readonly name: string
  /** Lines of one group, the seeds of an arm, say, share a colour, and the group's name is in the legend in place of theirs. */
  readonly group?: string
  /** Ascending: steps, say. */
  readonly x: ArrayLike<number>
  /** As many as of x. */
  readonly y: ArrayLike<number | null>
  /** As many as of x: a standard error, say, by which a band around a line of up to 400 points reaches to either side. */
  readonly margin?: ArrayLike<number | null>
}

export interface LinesOptions extends FigureOptions {
  /** 'step' by default. */
  readonly xLabel?: string
  /** What y is, with its unit. */
  readonly yLabel?: string
  /** Draws y on a logarithmic axis; what is not positive is a gap. */
  readonly logarithmic?: boolean
}

/** How many points a line is drawn of; a longer one is thinned to means of stretches, in a band from lowest to highest. */
const mostPoints = 400
/** So many points are drawn themselves, too. */
const fewPoints = 24

const rules = { ...figureRules, xLabel: optional(text), yLabel: optional(text), logarithmic: optional(flag) }

/** Tests for a list of numbers, or of what stands for none. */
export const isNumbers = (x: unknown): x is ArrayLike<number | null> =>
  (Array.isArray(x) || (ArrayBuffer.isView(x) && !(x instanceof DataView))) &&
  Array.from(x as unknown as ArrayLike<unknown>).every((v) => v === null || typeof v === 'number')

const isLine = (x: unknown): boolean =>
  isRecord(x) &&
  typeof x['name'] === 'string' &&
  ['string', 'undefined'].includes(typeof x['group']) &&
  isNumbers(x['x']) &&
  Array.from(x['x']).every((at) => at !== null && isDrawable(at)) &&
  isNumbers(x['y']) &&
  x['x'].length === x['y'].length &&
  (x['margin'] === undefined || (isNumbers(x['margin']) && x['margin'].length === x['x'].length))

const requireLines = (op: string, lines: readonly Line[]): readonly Line[] => {
  const given: unknown = lines
  if (!Array.isArray(given) || !given.every(isLine))
    fail('InvalidArgument', {
      op,
      expected: 'a list of lines { name, x, y } with as many numbers y as x (and of a margin), those of x finite',
      actual: Array.isArray(given) ? `${showValue(given.find((line) => !isLine(line)))} among them` : showValue(given)
    })
  return lines
}

/** Draws lines on axes: `lines` when all has been checked. */
export const drawLines = (
  given: readonly Line[],
  {
    title = '',
    description,
    width = 640,
    height = 360,
    xLabel = 'step',
    yLabel = '',
    logarithmic = false
  }: LinesOptions
): string => {
  const drawable = (y: number | null): number => (y !== null && isDrawable(y, logarithmic) ? y : NaN)
  const gap = (y: number | null): number => y ?? NaN
  const names = [...new Set(given.map(({ name, group = name }) => group))]
  const lines = given.map(({ name, group = name, x, y, margin }) => {
    const thinned = thin(Array.from(x), Array.from(y, drawable), mostPoints)
    const mean = thinned.mean.map(gap)
    const isBand = margin !== undefined && x.length <= mostPoints
    const beside = (side: -1 | 1): readonly number[] =>
      isBand
        ? mean.map((at, i) => drawable(at + side * (margin[i] ?? NaN)))
        : (side < 0 ? thinned.low : thinned.high).map(gap)
    const [low, high] = [beside(-1), beside(1)]
    const stroke = colourOf(names.indexOf(group))
    return { x: thinned.x, mean, low, high, stroke, hasBand: isBand || x.length > mostPoints }
  })
  const bands = lines.filter(({ hasBand }) => hasBand)
  const few = lines.filter(({ x }) => x.length <= fewPoints)
  const empty = !lines.some(({ mean }) => mean.some(Number.isFinite))
  return draw({
    title,
    description: description ?? `${yLabel === '' ? 'Lines' : yLabel} over ${xLabel}: ${names.join(', ')}`,
    width,
    height,
    legend: names.length < 2 ? [] : names.map((name, i) => ({ name, colour: colourOf(i) })),
    x: { label: xLabel, values: given.flatMap(({ x }) => Array.from(x)), ticks: 6, nice: false },
    y: { label: yLabel, values: lines.flatMap(({ mean, low, high }) => [...mean, ...low, ...high]), logarithmic },
    marks: [
      ...bands.map(({ x, low, high, stroke }) =>
        Plot.areaY(x, { x: [...x], y1: low, y2: high, fill: stroke, fillOpacity: 0.16 })
      ),
      ...lines.map(({ x, mean, stroke }) => Plot.lineY(x, { x: [...x], y: mean, stroke, strokeWidth: 1.8 })),
      ...few.map(({ x, mean, stroke }) => Plot.dot(x, { x: [...x], y: mean, fill: stroke, r: 2.4 })),
      ...(empty ? [Plot.text(['no values'], { frameAnchor: 'middle', fillOpacity: 0.6 })] : [])
    ]
  })
}

/**
 * Draws lines over steps, or over anything that ascends, as the text of an SVG file: losses, scores, a condition number with one line a
 * latent or a run. Each line has its name in the legend; lines of more than 400 points are drawn as means of stretches, in a band from
 * lowest to highest.
 *
 * @throws InvalidArgument for what are no lines, and for options that are none
 *
 * @example
 * import { Figure } from 'saddlepoint/figures'
 * const svg = Figure.lines(
 *   [
 *     { name: 'generator', x: [0, 100, 200], y: [0.7, 0.9, 1.1] },
 *     { name: 'discriminator', x: [0, 100, 200], y: [1.4, 1.2, null] }
 *   ],
 *   { title: 'Losses', yLabel: 'loss (nats)' }
 * )
 * svg.startsWith('<svg') // => true
 */
export const lines = (given: readonly Line[], options: LinesOptions = {}, ...more: None): string => {
  const op = 'Figure.lines'
  refuseMore(op, more)
  return drawLines(requireLines(op, given), requireOptions(op, options, rules))
}

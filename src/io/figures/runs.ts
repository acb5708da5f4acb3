import * as Plot from '@observablehq/plot'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import { flag, optional, requireOptions, text } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import { isRecord } from '../../tensor/tree.ts'
import { isDrawable } from './axes.ts'
import { draw } from './frame.ts'
import type { FigureOptions } from './options.ts'
import { figureRules } from './options.ts'
import { symbols } from './legend.ts'
import { colourOf } from './palette.ts'

/** Is a row of a table of runs: its arm, its seed, and what it came to by name. */
export type RunRow = Readonly<Record<string, string | number>>

export interface RunsOptions extends FigureOptions {
  /** The column on the horizontal axis. */
  readonly x: string
  /** The column on the vertical one. */
  readonly y: string
  /** What x is, with its unit; the name of the column by default. */
  readonly xLabel?: string
  readonly yLabel?: string
  /** Draws x on a logarithmic axis. */
  readonly logarithmic?: boolean
}

const rules = {
  ...figureRules,
  x: text,
  y: text,
  xLabel: optional(text),
  yLabel: optional(text),
  logarithmic: optional(flag)
}

/**
 * Draws runs of a study as points, one figure of theirs against another, as the text of an SVG file: colour and symbol by the column
 * `arm`, the column `seed` beside each. Runs that have no finite number in one of the columns are left out.
 *
 * @throws InvalidArgument for what is no table, for a column that no row has, and for options that are none
 *
 * @example
 * import { Figure } from 'saddlepoint/figures'
 * const table = [
 *   { arm: 'plain', seed: 0, logCondition: 10.3, score: 7.9 },
 *   { arm: 'clamped', seed: 0, logCondition: 8.1, score: 8.4 }
 * ]
 * Figure.runs(table, { x: 'logCondition', y: 'score' }).includes('clamped') // => true
 */
export const runs = (table: readonly RunRow[], options: RunsOptions, ...more: None): string => {
  const op = 'Figure.runs'
  refuseMore(op, more)
  const given: unknown = table
  if (!Array.isArray(given) || !given.every(isRecord))
    fail('InvalidArgument', { op, expected: 'a table: a list of rows, each a record', actual: showValue(given) })
  const read = requireOptions<RunsOptions>(op, options, rules)
  const { x, y, xLabel = x, yLabel = y, logarithmic = false, width = 640, height = 360 } = read
  for (const name of [x, y])
    if (!table.some((row) => typeof row[name] === 'number'))
      fail('InvalidArgument', { op, expected: `numbers in the column ${showValue(name)}`, actual: 'none in any row' })
  const title = read.title ?? `${yLabel} against ${xLabel}`
  const arms = [...new Set(table.map(({ arm = '' }) => String(arm)))]
  const points = table.flatMap(({ arm = '', seed = '', ...row }) => {
    const [a, b] = [Number(row[x]), Number(row[y])]
    return isDrawable(a, logarithmic) && isDrawable(b)
      ? [{ a, b, arm: arms.indexOf(String(arm)), seed: String(seed) }]
      : []
  })
  const keys = arms.map((name, i) => ({ name, colour: colourOf(i), symbol: symbols[i % symbols.length]! }))
  return draw({
    title,
    description: read.description ?? `${String(points.length)} runs as points: ${yLabel} against ${xLabel}, by arm`,
    width,
    height,
    legend: keys,
    x: { label: xLabel, values: points.map(({ a }) => a), logarithmic, ticks: 6 },
    y: { label: yLabel, values: points.map(({ b }) => b) },
    marks: keys.flatMap(({ colour, symbol }, i) => {
      const own = points.filter(({ arm }) => arm === i)
      return [
        Plot.dot(own, { x: 'a', y: 'b', symbol, fill: colour, r: 4.5 }),
        Plot.text(own, { x: 'a', y: 'b', text: 'seed', dx: 10, fontSize: 10, fillOpacity: 0.7, textAnchor: 'start' })
      ]
    })
  })
}

import * as Plot from '@observablehq/plot'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import { requireOptions } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import { isRecord } from '../../tensor/tree.ts'
import { isDrawable } from './axes.ts'
import { draw } from './frame.ts'
import type { FigureOptions } from './options.ts'
import { figureRules } from './options.ts'
import { isNumbers } from './lines.ts'
import { colourOf } from './palette.ts'

/** Holds how often each class came among the samples of a run: `Lab.classHistogram(...).counts`. */
export interface ClassCounts {
  readonly name: string
  readonly counts: ArrayLike<number>
}

const isCounts = (x: unknown): boolean =>
  isRecord(x) &&
  typeof x['name'] === 'string' &&
  isNumbers(x['counts']) &&
  Array.from(x['counts']).every((n) => n !== null && n >= 0 && isDrawable(n))

/**
 * Draws how often each class was sampled as the text of an SVG file: bars by class, side by side for several runs or arms, and a line
 * where all classes would come equally often.
 *
 * @throws InvalidArgument for what are no counts, and for options that are none
 *
 * @example
 * import { Figure } from 'saddlepoint/figures'
 * Figure.classes([{ name: 'plain', counts: [31, 44, 9] }]).includes('<title>Classes of samples</title>') // => true
 */
export const classes = (given: readonly ClassCounts[], options: FigureOptions = {}, ...more: None): string => {
  const op = 'Figure.classes'
  refuseMore(op, more)
  const { title = 'Classes of samples', description, width = 640, height = 360 } = requireOptions<FigureOptions>(op, options, figureRules) // prettier-ignore
  const list: unknown = given
  if (!Array.isArray(list) || !list.every(isCounts))
    fail('InvalidArgument', {
      op,
      expected: 'a list of { name, counts }, counts being numbers of at least 0',
      actual: showValue(list)
    })
  const most = given.reduce((n, { counts }) => Math.max(n, counts.length), 0)
  const bars = given.flatMap(({ counts }, i) => {
    const wide = 0.8 / given.length
    return Array.from(counts, (count, k) => ({ from: k - 0.4 + i * wide, to: k - 0.4 + (i + 0.92) * wide, count, i }))
  })
  const totals = given.map(({ counts }) => Array.from(counts).reduce((sum, n) => sum + n, 0))
  const even = totals.reduce((sum, n) => sum + n, 0) / Math.max(1, totals.length) / Math.max(1, most)
  return draw({
    title,
    description:
      description ??
      `How often each class came. ${given.map(({ name, counts }) => `${name}: ${Array.from(counts).join(', ')}`).join('; ')}`,
    width,
    height,
    legend: given.length < 2 ? [] : given.map(({ name }, i) => ({ name, colour: colourOf(i) })),
    x: { label: 'class', values: [-0.5, most - 0.5], ticks: Math.min(most, 20), nice: false },
    y: { label: 'samples', values: bars.map(({ count }) => count), zero: true },
    marks: [
      ...given.map((_, i) =>
        Plot.rectY(
          bars.filter((bar) => bar.i === i),
          { x1: 'from', x2: 'to', y1: 0, y2: 'count', fill: colourOf(i) }
        )
      ),
      Plot.ruleY([even], { strokeDasharray: '4 3', strokeOpacity: 0.7 })
    ]
  })
}

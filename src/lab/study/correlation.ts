import { key } from '../../random/key.ts'
import { randint } from '../../random/integers.ts'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import type { Rule } from '../../tensor/options.ts'
import { count, oneOf, optional, requireOptions } from '../../tensor/options.ts'
import type { Row } from './arms.ts'
import { column } from './summarize.ts'
import { seedRule } from '../labProbe.ts'

export interface CorrelationOptions {
  /** 'spearman', of ranks (the default: conditions run over decades, and may be infinite), or 'pearson'. */
  readonly kind?: 'spearman' | 'pearson'
  /** How much of the bootstrap distribution the interval holds, 0.95 by default. */
  readonly level?: number
  /** How often rows are drawn anew, 2000 by default. */
  readonly resamples?: number
  /** Seed of these draws, 0 by default. */
  readonly seed?: number
}

/** Holds a correlation in [-1, 1], and the interval in which the bootstrap finds it. */
export interface Correlation {
  readonly correlation: number
  readonly interval: readonly [low: number, high: number]
  /** How many rows it is of. */
  readonly rows: number
}

/** Gives each value its rank, equal ones the mean of theirs. */
const ranksOf = (values: readonly number[]): readonly number[] => {
  const sorted = values.toSorted((a, b) => a - b)
  return values.map((x) => (sorted.indexOf(x) + sorted.lastIndexOf(x)) / 2)
}

/** Pearson's correlation; NaN where one of the two does not vary. */
const pearson = (x: readonly number[], y: readonly number[]): number => {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [mx, my] = [mean(x), mean(y)]
  const inner = (a: readonly number[], ma: number, b: readonly number[], mb: number): number =>
    a.reduce((sum, value, i) => sum + (value - ma) * (b[i]! - mb), 0)
  return inner(x, mx, y, my) / Math.sqrt(inner(x, mx, x, mx) * inner(y, my, y, my))
}

const levelRule: Rule = {
  expected: 'a number between 0 and 1, or nothing',
  accepts: (x) => x === undefined || (typeof x === 'number' && x > 0 && x < 1)
}

const resamplesRule: Rule = {
  expected: 'a whole number from 1 to 100,000, or nothing',
  accepts: (x) => x === undefined || (count.accepts(x) && (x as number) <= 1e5)
}

/**
 * Computes the correlation of two columns of a table over its rows, with a percentile bootstrap interval: rows are drawn anew with
 * replacement, and draws in which a column does not vary are left out. With fewer than some ten runs intervals are wide, and that is what
 * they say. A correlation is no cause: arms that move the one by intervention are.
 *
 * @see Efron and Tibshirani, An introduction to the bootstrap (1993), chapter 13
 * @throws InvalidArgument for tables of fewer than 3 rows, and for columns that do not vary
 *
 * @example
 * import { Study } from 'saddlepoint'
 * const table = [[2, 9], [3, 8], [5, 4], [7, 3], [11, 1]].map(([condition, score]) => ({ condition, score }))
 * Study.correlation(table, 'condition', 'score').correlation // => -1
 */
export const correlation = (
  table: readonly Row[],
  x: string,
  y: string,
  options: CorrelationOptions = {},
  ...more: None
): Correlation => {
  const op = 'Study.correlation'
  refuseMore(op, more)
  const {
    kind = 'spearman',
    level = 0.95,
    resamples = 2000,
    seed = 0
  } = requireOptions(op, options, {
    kind: optional(oneOf('spearman', 'pearson')),
    level: levelRule,
    resamples: resamplesRule,
    seed: seedRule
  })
  const [xs, ys] = [column(table, x), column(table, y)]
  const n = xs.length
  const of = (rows: readonly number[]): number => {
    const [a, b] = [xs, ys].map((values) => rows.map((row) => values[row]!)) as [number[], number[]]
    return kind === 'spearman' ? pearson(ranksOf(a), ranksOf(b)) : pearson(a, b)
  }
  const whole = of(xs.map((_, i) => i))
  if (n < 3 || Number.isNaN(whole))
    fail('InvalidArgument', {
      op,
      expected: 'at least 3 rows, in which both columns vary and are finite (ranks may be of infinite numbers)',
      actual: `${String(n)} rows of ${x} and ${y}`
    })
  const drawn = randint(key(seed), [resamples, n], 0, n).data
  const all = Array.from({ length: resamples }, (_, i) => of(Array.from(drawn.subarray(i * n, (i + 1) * n))))
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b)
  const at = (part: number): number => all[Math.round(part * (all.length - 1))] ?? NaN
  return { correlation: whole, interval: [at((1 - level) / 2), at((1 + level) / 2)], rows: n }
}

import type { None } from '../../tensor/arguments.ts'
import { refuseMore, requireArgument } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import { text } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { Row } from './arms.ts'

/** Says what a figure came to over the seeds of an arm. */
export interface Summary {
  readonly arm: string
  readonly runs: number
  readonly mean: number
  /** Of the mean: the unbiased deviation of the runs over the root of their number; NaN of a single run. */
  readonly standardError: number
  readonly least: number
  readonly greatest: number
}

/**
 * Reads one column of a table.
 *
 * @throws InvalidArgument where a row lacks it, or has no number there
 *
 * @example
 * import { Study } from 'saddlepoint'
 * Study.column([{ arm: 'plain', score: 3 }, { arm: 'plain', score: 5 }], 'score') // => [3, 5]
 */
export const column = (table: readonly Row[], name: string, ...more: None): readonly number[] => {
  const op = 'Study.column'
  refuseMore(op, more)
  requireArgument(op, 'name', name, text)
  if (!Array.isArray(table) || table.length === 0)
    fail('InvalidArgument', { op, expected: 'a table: a list of at least one row', actual: showValue(table) })
  return table.map((row: unknown, i) => {
    const value = isRecord(row) ? row[name] : undefined
    return typeof value === 'number' && !Number.isNaN(value)
      ? value
      : fail('InvalidArgument', {
          op,
          expected: `a number in the column ${showValue(name)} of each row`,
          actual: `${showValue(value)} in row ${String(i)}`
        })
  })
}

/**
 * Sums up one column of a table by the column `arm`, arms in the order in which they come: mean, standard error, range. Two
 * means whose standard errors reach each other are not told apart by so many seeds.
 *
 * @example
 * import { Study } from 'saddlepoint'
 * const table = [1, 3, 5].map((score, seed) => ({ arm: 'plain', seed, score }))
 * const [plain] = Study.summarize(table, 'score')
 * plain.mean // => 3
 * plain.standardError.toFixed(4) // => '1.1547'
 */
export const summarize = (table: readonly Row[], name: string, ...more: None): readonly Summary[] => {
  refuseMore('Study.summarize', more)
  const values = column(table, name)
  const armOf = ({ arm }: Row): string => String(arm)
  return [...new Set(table.map(armOf))].map((arm) => {
    const own = values.filter((_, i) => armOf(table[i]!) === arm)
    const n = own.length
    const mean = own.reduce((sum, x) => sum + x, 0) / n
    const variance = own.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1)
    return {
      arm,
      runs: n,
      mean,
      standardError: Math.sqrt(variance / n),
      least: Math.min(...own),
      greatest: Math.max(...own)
    }
  })
}

import type { None } from '../../tensor/arguments.ts'
import { refuseMore, requireArgument } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import { text } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import type { Row } from './arms.ts'
import { column } from './summarize.ts'

/** Says what an arm changed, seed by seed. */
export interface Difference {
  readonly arm: string
  /** How many seeds both arms have. */
  readonly pairs: number
  /** Of the arm less the baseline. */
  readonly mean: number
  /** Of the mean: the unbiased deviation of the differences over the root of their number; NaN of a single pair. */
  readonly standardError: number
}

/**
 * Computes what each arm changed of one column against a baseline, paired by the column `seed`: runs of one seed begin at the same
 * parameters, so that what seeds do by themselves cancels. This is what an intervention tells and a correlation over runs does not.
 * Arms that share no seed with the baseline are left out.
 *
 * @throws InvalidArgument where no row is of the baseline, where an arm has a seed twice, and where a row has no number
 *
 * @example
 * import { Study } from 'saddlepoint'
 * const table = [5, 9].flatMap((score, seed) => [
 *   { arm: 'plain', seed, score },
 *   { arm: 'clamped', seed, score: score + 2 + seed }
 * ])
 * Study.differences(table, 'score', 'plain') // => [{ arm: 'clamped', pairs: 2, mean: 2.5, standardError: 0.5 }]
 */
export const differences = (
  table: readonly Row[],
  name: string,
  baseline: string,
  ...more: None
): readonly Difference[] => {
  const op = 'Study.differences'
  refuseMore(op, more)
  requireArgument(op, 'baseline', baseline, text)
  const values = column(table, name)
  const of = (arm: string): ReadonlyMap<unknown, number> => {
    const own = table.flatMap((row, i) => (String(row['arm']) === arm ? [[row['seed'], values[i]!] as const] : []))
    const bySeed = new Map(own)
    if (bySeed.size < own.length)
      fail('InvalidArgument', { op, expected: 'each seed once in an arm', actual: `one twice in ${showValue(arm)}` })
    return bySeed
  }
  const before = of(baseline)
  if (before.size === 0)
    fail('InvalidArgument', { op, expected: `rows of the arm ${showValue(baseline)}`, actual: 'none' })
  return [...new Set(table.map(({ arm }) => String(arm)))].flatMap((arm) => {
    if (arm === baseline) return []
    const changes = [...of(arm)].flatMap(([seed, value]) => (before.has(seed) ? [value - before.get(seed)!] : []))
    const pairs = changes.length
    if (pairs === 0) return []
    const mean = changes.reduce((sum, x) => sum + x, 0) / pairs
    const variance = changes.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (pairs - 1)
    return [{ arm, pairs, mean, standardError: Math.sqrt(variance / pairs) }]
  })
}

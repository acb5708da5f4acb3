import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import { showValue } from '../../tensor/problem.ts'
import { isRecord } from '../../tensor/tree.ts'

/** Names one run of a study: an arm (what is done differently), a seed, and what is run. */
export interface Arm<S> {
  readonly arm: string
  readonly seed: number
  readonly spec: S
}

/** Is a row of a table: what a run came to, by name. */
export type Row = Readonly<Record<string, string | number>>

/**
 * Lists the runs of a study: every arm with every seed, so that arms differ in nothing else. Seeds come in the outer loop:
 * a study that is stopped early has all arms of some seeds.
 *
 * @throws InvalidArgument for arms that are no record with an entry, for no seeds, and for a seed given twice
 *
 * @example
 * import { Study } from 'saddlepoint'
 * Study.arms({ plain: 'spec', clamped: 'spec with a clamp' }, [0, 1]).map(({ arm, seed }) => `${arm} ${seed}`)
 * // => ['plain 0', 'clamped 0', 'plain 1', 'clamped 1']
 */
export const arms = <S>(
  specs: Readonly<Record<string, S>>,
  seeds: readonly number[],
  ...more: None
): readonly Arm<S>[] => {
  const op = 'Study.arms'
  refuseMore(op, more)
  if (!isRecord(specs) || Object.keys(specs).length === 0)
    fail('InvalidArgument', { op, expected: 'arms: a record of specs by name', actual: showValue(specs) })
  if (
    !Array.isArray(seeds) ||
    seeds.length === 0 ||
    !seeds.every((seed) => Number.isSafeInteger(seed)) ||
    new Set(seeds).size < seeds.length
  )
    fail('InvalidArgument', { op, expected: 'a list of different whole numbers as seeds', actual: showValue(seeds) })
  return seeds.flatMap((seed) => Object.entries(specs).map(([arm, spec]) => ({ arm, seed, spec })))
}

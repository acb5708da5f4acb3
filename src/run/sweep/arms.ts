import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import { showValue } from '../../tensor/problem.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { Result } from './results.ts'

/** Says what a figure came to over the seeds of an arm that are done. */
export interface ArmFigure {
  readonly mean: number
  /** The unbiased deviation over the root of the number of seeds; NaN of one seed. */
  readonly standardError: number
}

export interface ArmSummary {
  readonly arm: string
  readonly runs: number
  readonly done: number
  readonly failed: number
  /** By name; only where every seed that is done has a finite number. */
  readonly figures: Readonly<Record<string, ArmFigure>>
}

/** Sums up a figure of several runs. */
export const figureOf = (values: readonly number[]): ArmFigure => {
  const n = values.length
  const mean = values.reduce((sum, x) => sum + x, 0) / n
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1)
  return { mean, standardError: Math.sqrt(variance / n) }
}

const isResult = (x: unknown): x is Result =>
  isRecord(x) && isRecord(x['job']) && isRecord(x['figures']) && typeof x['status'] === 'string'

/**
 * Sums up results by arm: means and standard errors of every figure over the seeds that are done.
 *
 * @throws InvalidArgument for what are no results
 *
 * @example
 * import { E } from 'saddlepoint'
 * import { Sweep } from 'saddlepoint/run'
 * const results = await Sweep.results('sweeps/first')()
 * E.isRight(results) && Sweep.armsOf(results.right)
 */
export const armsOf = (results: readonly Result[], ...more: None): readonly ArmSummary[] => {
  refuseMore('Sweep.armsOf', more)
  const given: unknown = results
  if (!Array.isArray(given) || !given.every(isResult))
    fail('InvalidArgument', { op: 'Sweep.armsOf', expected: 'results of runs', actual: showValue(given) })
  return [...new Set(results.map(({ job }) => job.arm))].map((arm) => {
    const runs = results.filter(({ job }) => job.arm === arm)
    const done = runs.filter(({ status }) => status === 'done')
    const names = [...new Set(done.flatMap(({ figures }) => Object.keys(figures)))]
    const figures = names.flatMap((name) => {
      const values = done.map((run) => run.figures[name] ?? NaN)
      return values.every(Number.isFinite) ? [[name, figureOf(values)] as const] : []
    })
    return {
      arm,
      runs: runs.length,
      done: done.length,
      failed: runs.filter(({ status }) => status === 'failed').length,
      figures: Object.fromEntries(figures)
    }
  })
}

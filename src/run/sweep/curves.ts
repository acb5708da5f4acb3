/** Scores of samples over the steps of a sweep: a figure a score, in it a line an arm, the mean over its runs in a band of the standard error. */
import type { Line } from '../../io/figures/lines.ts'
import { figureOf } from './arms.ts'
import type { Result } from './results.ts'

/** The mean of a score over the runs of an arm, at the steps at which all that have got so far have one. */
const lineOf = (arm: string, runs: readonly Result[], name: string): Line => {
  const steps = [...new Set(runs.flatMap(({ looks }) => looks.map(({ step }) => step)))].sort((a, b) => a - b)
  const points = steps.map((step) => {
    const there = runs.filter(({ looks }) => (looks.at(-1)?.step ?? -1) >= step)
    const values = there.map(({ looks }) => looks.find((look) => look.step === step)?.scores[name] ?? NaN)
    return values.every(Number.isFinite) ? figureOf(values) : { mean: NaN, standardError: NaN }
  })
  return {
    name: arm,
    x: steps,
    y: points.map(({ mean }) => mean),
    margin: points.map(({ standardError }) => standardError)
  }
}

/** Draws the scores of all runs that have begun, as texts of SVG files. */
export const curvesOf = async (results: readonly Result[]): Promise<readonly string[]> => {
  const begun = results.filter(({ looks }) => looks.length > 0)
  const arms = [...new Set(begun.map(({ job }) => job.arm))]
  const names = [...new Set(begun.flatMap(({ looks }) => looks.flatMap(({ scores }) => Object.keys(scores))))]
  if (names.length === 0) return []
  // What draws takes its time to load, which who only trains does not pay.
  const { lines } = await import('../../io/figures/lines.ts')
  return names.map((name) =>
    lines(
      arms.map((arm) =>
        lineOf(
          arm,
          begun.filter(({ job }) => job.arm === arm),
          name
        )
      ),
      { title: name, yLabel: `${name}, mean over seeds ± standard error`, width: 480, height: 300 }
    )
  )
}

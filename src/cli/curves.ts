import type { Figures } from '../gan/train/figures.ts'
import type { ReportChart } from '../io/report.ts'

/** Collects curves as the report draws them: a figure a step, thinned there. */
export interface Curves {
  readonly steps: number[]
  readonly figures: Record<string, number[]>
}

/** Adds the figures of one step. */
export const record = (curves: Curves, step: number, figures: Figures): void => {
  curves.steps.push(step)
  for (const [player, { loss, gradientNorm, terms }] of Object.entries(figures)) {
    const own = { [`${player} loss`]: loss, [`${player} gradient norm`]: gradientNorm }
    const named = Object.fromEntries(Object.entries(terms).map(([name, value]) => [`${player} ${name}`, value]))
    for (const [name, value] of Object.entries({ ...own, ...named })) (curves.figures[name] ??= []).push(value)
  }
}

/** Makes a chart of those curves whose names match. */
export const chartOf = (
  title: string,
  curves: Curves,
  matches: (name: string) => boolean,
  logarithmic = false
): ReportChart => ({
  title,
  x: curves.steps,
  series: Object.entries(curves.figures)
    .filter(([name, values]) => matches(name) && values.length === curves.steps.length)
    .map(([name, values]) => ({ name, values })),
  logarithmic
})

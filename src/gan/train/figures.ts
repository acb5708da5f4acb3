import type { Metrics } from '../step/metrics.ts'

/** Holds a player's figures as plain numbers; of several updates in a cycle, the last. */
export interface PlayerFigures {
  readonly loss: number
  readonly gradientNorm: number
  /** The value of each term that counted, by name, without its weight. */
  readonly terms: Readonly<Record<string, number>>
  /** How many steps the update stands for, where the rule counts them (best response). */
  readonly steps?: number
}
/** Holds figures by player; one that did not move at this step is not there. */
export type Figures = Readonly<Record<string, PlayerFigures>>

const last = (data: ArrayLike<number>): number => data[data.length - 1] ?? NaN

/** Reads the figures of a step off its metrics. */
export const figuresOf = (metrics: Metrics): Figures =>
  Object.fromEntries(
    Object.entries(metrics).map(([player, { loss, gradientNorm, terms, steps }]) => [
      player,
      {
        ...(steps === undefined ? {} : { steps: last(steps.data) }),
        loss: last(loss.data),
        gradientNorm: last(gradientNorm.data),
        terms: Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, last(value.data)]))
      }
    ])
  )

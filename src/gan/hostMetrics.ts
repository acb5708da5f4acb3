import type { Metrics } from './cycle.ts'
import type { Issue } from './issue.ts'
import { issue } from './issue.ts'

/** A player's figures as plain numbers; of several updates in a cycle, the last. */
export interface PlayerFigures {
  readonly loss: number
  readonly gradientNorm: number
  readonly terms: Readonly<Record<string, number>>
}
export type Figures = Readonly<Record<string, PlayerFigures>>

const last = (data: ArrayLike<number>): number => data[data.length - 1] ?? NaN

export const figuresOf = (metrics: Metrics): Figures =>
  Object.fromEntries(
    Object.entries(metrics).map(([player, { loss, gradientNorm, terms }]) => [
      player,
      {
        loss: last(loss.data),
        gradientNorm: last(gradientNorm.data),
        terms: Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, last(value.data)]))
      }
    ])
  )

/** The first figure that is not finite, as an Issue. */
export const divergence = (figures: Figures, step: number): Issue | undefined => {
  for (const [player, { loss, gradientNorm, terms }] of Object.entries(figures)) {
    const [name, value] = [...Object.entries(terms), ['loss', loss] as const, ['gradient norm', gradientNorm] as const].find(
      ([, v]) => !Number.isFinite(v)
    ) ?? [undefined, 0]
    if (name !== undefined)
      return issue(
        'Diverged',
        [player, name],
        'a finite number',
        `${String(value)} at step ${String(step)}`,
        'Lower the learning rate, or strengthen the regularizer; the state before is kept'
      )
  }
  return undefined
}

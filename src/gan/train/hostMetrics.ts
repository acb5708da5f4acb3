import type { Metrics } from '../step/cycle.ts'
import type { Issue } from '../check/issue.ts'
import { issue } from '../check/issue.ts'
import type { State } from '../step/state.ts'
import { notFinite } from '../step/state.ts'

/** A player's figures as plain numbers; of several updates in a cycle, the last. */
export interface PlayerFigures {
  readonly loss: number
  readonly gradientNorm: number
  /** The value of each term that counted, by name, without its weight. */
  readonly terms: Readonly<Record<string, number>>
}
/** By player; one that did not move at this step is not there. */
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

const hint = 'Lower the learning rate, or strengthen the regularizer; the state before is kept'

/** The first figure that is not finite at the step of that number, in any of its updates, as an Issue. */
export const divergence = (metrics: Metrics, step: number): Issue | undefined => {
  for (const [player, { loss, gradientNorm, terms }] of Object.entries(metrics))
    for (const [name, figure] of [...Object.entries(terms), ['loss', loss], ['gradient norm', gradientNorm]] as const) {
      const value = Array.from(figure.data).find((x) => !Number.isFinite(x))
      if (value !== undefined)
        return issue('Diverged', [player, name], 'a finite number', `${String(value)} at step ${String(step)}`, hint)
    }
  return undefined
}

/** The first number of a state that is not finite, after so many steps, as an Issue. */
export const divergedState = (state: State, step: number): Issue | undefined => {
  const found = notFinite(state)
  return found === undefined
    ? undefined
    : issue(
        'Diverged',
        ['state', ...found.path],
        'finite numbers',
        `${String(found.value)} after step ${String(step - 1)}`,
        hint
      )
}

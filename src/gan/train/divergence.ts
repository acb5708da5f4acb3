import type { Metrics } from '../step/metrics.ts'
import type { Issue } from '../check/issue.ts'
import { issue } from '../check/issue.ts'
import { named } from '../game/objective.ts'
import type { Spec } from '../game/spec.ts'
import { isMinimized, objectiveOf } from '../game/spec.ts'
import type { State } from '../step/state.ts'
import { notFinite } from '../step/state.ts'

/** Says at which step of a training, counted from 0, something was not finite, and what. */
export interface Divergence {
  readonly issue: Issue
  readonly at: number
}

const hint = 'Lower the learning rate, or strengthen the regularizer; the state before is kept'

/** Lists the terms of each player that are only measured: whatever they are, training goes on. */
const measuredBy = (spec: Spec, player: string): readonly string[] =>
  named(objectiveOf(spec, player)).flatMap((term) => (isMinimized(term) ? [] : [term.name]))

/** Finds the first figure that is not finite at the step of that number, in any of its updates. */
export const divergedMetrics = (spec: Spec, metrics: Metrics, step: number): Issue | undefined => {
  for (const [player, { loss, gradientNorm, terms }] of Object.entries(metrics))
    for (const [name, figure] of [...Object.entries(terms), ['loss', loss], ['gradient norm', gradientNorm]] as const) {
      const value = Array.from(figure.data).find((x) => !Number.isFinite(x))
      if (value !== undefined && !measuredBy(spec, player).includes(name))
        return issue('Diverged', [player, name], 'a finite number', `${String(value)} at step ${String(step)}`, hint)
    }
  return undefined
}

/** Finds the first number of a state that is not finite, after so many steps. */
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

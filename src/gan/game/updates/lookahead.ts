import { add } from '../../../ops/arithmetic.ts'
import { equal, where } from '../../../ops/comparison.ts'
import { zeros } from '../../../ops/creation.ts'
import type { None } from '../../../tensor/arguments.ts'
import type { Rule } from '../../../tensor/options.ts'
import { count as aCount, readOptions } from '../../../tensor/options.ts'
import { under } from '../../../tensor/problem.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { treeMap } from '../../../tensor/tree.ts'
import { phaseWith } from '../phase.ts'
import { paramsOf, withParams } from '../position.ts'
import type { Profile } from '../profile.ts'
import { plus } from '../profile.ts'
import type { Update } from './rule.ts'
import { anUpdate, madeOf, of } from './rule.ts'

export interface LookaheadOptions {
  /** Cycles between two moves of the slow parameters (k), a whole number of at least 1; 5 by default. */
  readonly period?: number
  /** How far they move towards the fast ones, in (0, 1]; 0.5 by default. */
  readonly alpha?: number
}

interface Slow {
  readonly params: Profile
  readonly cycles: Tensor
}

const fraction: Rule = { expected: 'a number in (0, 1]', accepts: (x) => typeof x === 'number' && x > 0 && x <= 1 }

/**
 * Plays by another rule, and after every `period` cycles takes all players back part of the way, slow being the first
 * parameters at first. Moments of optimizers stay.
 *
 * @formula w <- slow + alpha (w - slow), slow <- w
 * @cost what `rule` does, and a copy of the parameters, which it remembers
 * @when a rule circles with a period longer than a cycle
 * @see Chavdarova et al., Taming GANs with lookahead-minmax (2021), algorithm 1
 *
 * @example
 * import { Update } from 'saddlepoint'
 * Update.lookahead(Update.simultaneous, { alpha: 0.8 }).options.period // => 5
 */
export const lookahead = (rule: Update, given: LookaheadOptions = {}, ...more: None): Update => {
  const rules = { rule: anUpdate, period: aCount, alpha: fraction }
  const { all, problems } = readOptions({ period: 5, alpha: 0.5 }, given, rules, { rule }, more)
  if (!anUpdate.accepts(rule)) return of('lookahead', () => [], { rule, ...all }, problems)
  const pull = (players: readonly string[]) =>
    phaseWith<Slow>(players, {
      minibatches: 0,
      evaluates: [],
      init: (params) => ({ params, cycles: zeros([]) }),
      run: (_, position, slow) => {
        const fast = paramsOf(position, players)
        const cycles = add(slow.cycles, 1)
        const due = equal(cycles, all.period)
        const ifDue = <T>(a: T, b: T): T => treeMap((x, y) => where(due, x, y), a, b)
        const met = plus(slow.params, plus(fast, slow.params, -1), all.alpha)
        const next = { params: ifDue(met, slow.params), cycles: where(due, 0, cycles) }
        return [withParams(position, ifDue(met, fast)), next]
      }
    })
  return madeOf(rule, (one) => {
    const phases: Update['phases'] = (players) => {
      const inner = one.phases(players)
      return [...inner, pull([...new Set(inner.flatMap((phase) => phase.players))])]
    }
    return of('lookahead', phases, { rule: one, ...all }, [...under(['rule'], one.problems ?? []), ...problems])
  })
}

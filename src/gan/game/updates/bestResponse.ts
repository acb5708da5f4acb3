import { add } from '../../../ops/arithmetic.ts'
import { greater } from '../../../ops/comparison.ts'
import { convert } from '../../../ops/conversion.ts'
import { zeros } from '../../../ops/creation.ts'
import type { None } from '../../../tensor/arguments.ts'
import { notNegative, readOptions } from '../../../tensor/options.ts'
import { phase } from '../phase.ts'
import type { Position } from '../position.ts'
import { choose } from '../position.ts'
import { squaredNorm } from '../profile.ts'
import type { Moving } from '../repeated.ts'
import { whileMoving } from '../repeated.ts'
import { aPlayer, fewSteps } from './options.ts'
import type { Update } from './rule.ts'
import { of } from './rule.ts'
import { together } from './simultaneous.ts'

export interface BestResponseOptions {
  /** How many steps the others take at most, a whole number from 1 to 1,000; 10 by default. */
  readonly steps?: number
  /** 2-norm of their gradients, all of them together, at which they stop, at least 0; 1e-3 by default. */
  readonly tolerance?: number
  /** Who moves once they have answered; the generator by default. */
  readonly leader?: string
}

/**
 * Lets all players but the leader answer it: they step together, on one minibatch, until the norm of their gradients
 * is at most `tolerance`, `steps` times at most. Then the leader steps against their answer, on a minibatch of its
 * own. Their figures are those before the first step, and `steps` counts the steps that were taken.
 *
 * @formula w_D <- an answer to w_G, |v_D| <= tolerance; then w_G <- w_G - h v_G(w)
 * @cost 1 gradient a step that is taken, and one more that finds the gradients small enough
 * @when best-response dynamics are studied, or a critic has to be near its optimum
 * @see Fiez, Chasnov, Ratliff, Implicit learning dynamics in Stackelberg games (2020)
 *
 * @example
 * import { Update } from 'saddlepoint'
 * Update.bestResponse({ steps: 20 }).phases(['discriminator', 'generator']).map(({ players }) => players)
 * // => [['discriminator'], ['generator']]
 */
export const bestResponse = (given: BestResponseOptions = {}, ...more: None): Update => {
  const rules = { steps: fewSteps, tolerance: notNegative, leader: aPlayer }
  const { all, problems } = readOptions({ steps: 10, tolerance: 1e-3, leader: 'generator' }, given, rules, {}, more)
  const answer = (players: readonly string[]) =>
    phase(players, (game, position) => {
      const step = ({ at, steps }: Pick<Moving, 'at' | 'steps'>): Moving => {
        const field = game.field(at)
        const isMoving = greater(squaredNorm(field.gradients), all.tolerance ** 2)
        return {
          at: choose(isMoving, game.step(at, field), at),
          isMoving,
          steps: add(steps, convert(isMoving, 'float32'))
        }
      }
      const first = step({ at: position, steps: zeros([]) })
      const { at, steps } = whileMoving(all.steps - 1, step, first, players)
      // Those of the first step, whose field is there.
      const { figures } = game.step(position, game.field(position))
      const counted = Object.entries(figures).map(([player, of]) => [player, of.map((one) => ({ steps, ...one }))])
      return { ...at, figures: Object.fromEntries(counted) as Position['figures'] }
    })
  const phases: Update['phases'] = (players) => [
    answer(players.filter((player) => player !== all.leader)),
    together([all.leader])
  ]
  return of('bestResponse', phases, all, problems)
}

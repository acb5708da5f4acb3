import type { None } from '../../../tensor/arguments.ts'
import { oneOf, positive, readOptions } from '../../../tensor/options.ts'
import { conjugateGradient } from '../../../linalg/conjugateGradient.ts'
import { interaction } from '../interaction.ts'
import { phase } from '../phase.ts'
import { plus } from '../profile.ts'
import { fewSteps } from './options.ts'
import type { Update } from './rule.ts'
import { of } from './rule.ts'

export interface CompetitiveOptions {
  /** Of the step that everybody is supposed to take, positive: as a rule that of the optimizers. */
  readonly learningRate: number
  /** How the system is solved: exactly after some steps, or by terms of its Neumann series; conjugateGradient by default. */
  readonly solver?: 'conjugateGradient' | 'neumann'
  /** How many steps, or terms, a whole number from 1 to 1,000; 5 by default. */
  readonly steps?: number
}

/**
 * Steps all players along the equilibrium of the game's bilinear approximation, v being the field, h the learning
 * rate and B the blocks of its Jacobian in which players meet, so that each player answers the step that the others
 * are about to take. The system is solved without forming it, by conjugate gradients on its normal equations (a jvp
 * and a vjp of the field a step) or by terms of x = v - h B v + h² B² v ... (a jvp a term), which needs h |B| < 1.
 *
 * Layers with a customVjp have no jvp: they are an Issue under this rule.
 *
 * @formula w <- w - h x, x + h B x = v
 * @cost 1 field, and about 1 a term or 2 a step of the solver
 * @when learning rates are to be large in games that rotate
 * @see Schäfer, Anandkumar, Competitive gradient descent (2019), equation 4
 *
 * @example
 * import { Update } from 'saddlepoint'
 * Update.competitive({ learningRate: 0.1 }).options
 * // => { solver: 'conjugateGradient', steps: 5, learningRate: 0.1 }
 */
export const competitive = (given: CompetitiveOptions, ...more: None): Update => {
  const rules = { learningRate: positive, solver: oneOf('conjugateGradient', 'neumann'), steps: fewSteps }
  const { all, problems } = readOptions({ solver: 'conjugateGradient', steps: 5 } as const, given, rules, {}, more)
  const { learningRate, solver, steps } = all
  const rule = (players: readonly string[]) =>
    phase(players, (game, position) => {
      if (game.players.length === 0) return position
      const { gradients: v, effects } = game.field(position)
      const { forwards, backwards } = interaction(game, position, learningRate)
      let x = v
      if (solver === 'conjugateGradient') x = conjugateGradient((u) => backwards(forwards(u)), backwards(v), { steps })
      else for (let k = 0; k < steps; k++) x = plus(plus(x, v), forwards(x), -1)
      return game.step(position, { gradients: x, effects })
    })
  return of('competitive', (players) => [rule(players)], all, problems)
}

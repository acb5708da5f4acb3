import type { Phase } from '../phase.ts'
import { phase } from '../phase.ts'
import type { Update } from './rule.ts'

/** Makes the phase in which these players step along the field. */
export const together = (players: readonly string[]): Phase =>
  phase(players, (game, position) => game.step(position, game.field(position)))

/**
 * Moves all players at once, from one Play and the same parameters.
 *
 * @formula w <- w - h v(w)
 * @cost 1 field
 * @when theory is to be followed, and as what other rules are compared with: it circles where games rotate
 * @see Mescheder, Nowozin, Geiger, The numerics of GANs (2017), algorithm 1
 *
 * @example
 * import { Update } from 'saddlepoint'
 * Update.simultaneous.phases(['discriminator', 'generator']).map(({ players }) => players)
 * // => [['discriminator', 'generator']]
 */
export const simultaneous: Update = {
  name: 'simultaneous',
  options: {},
  phases: (all) => [together(all)]
}

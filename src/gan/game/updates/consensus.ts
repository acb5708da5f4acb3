import { mul } from '../../../ops/arithmetic.ts'
import type { None } from '../../../tensor/arguments.ts'
import { notNegative, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { grad } from '../../../transform/grad.ts'
import { phase } from '../phase.ts'
import { paramsOf } from '../position.ts'
import type { Profile } from '../profile.ts'
import { plus, squaredNorm } from '../profile.ts'
import type { Update } from './rule.ts'
import { of } from './rule.ts'

export interface ConsensusOptions {
  /** Weight of the squared norm of the field, at least 0. */
  readonly gamma: number
}

/**
 * Steps all players along v + gamma J'v, v being the field and J its Jacobian: each player also minimizes gamma/2
 * |v|², the squared gradients of everybody, and so is drawn to a stationary point.
 *
 * @formula w <- w - h (v + gamma J'v)
 * @cost about 3 fields
 * @when players circle, and any stationary point will do: it is drawn to unstable ones, too
 * @see Mescheder, Nowozin, Geiger, The numerics of GANs (2017), algorithm 2
 *
 * @example
 * import { Update } from 'saddlepoint'
 * Update.consensus({ gamma: 0.1 }).options // => { gamma: 0.1 }
 */
export const consensus = (given: ConsensusOptions, ...more: None): Update => {
  const { all, problems } = readOptions({}, given, { gamma: notNegative }, {}, more)
  const rule = (players: readonly string[]) =>
    phase(players, (game, position) => {
      const { gradients, effects } = game.field(position)
      const disagreement = (at: Profile): Tensor => mul(0.5, squaredNorm(game.field(position, { at }).gradients))
      const pull = grad(disagreement)(paramsOf(position, game.players))
      return game.step(position, { gradients: plus(gradients, pull, all.gamma), effects })
    })
  return of('consensus', (players) => [rule(players)], all, problems)
}

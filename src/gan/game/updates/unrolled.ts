import type { None } from '../../../tensor/arguments.ts'
import { readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { grad } from '../../../transform/grad.ts'
import { phase } from '../phase.ts'
import type { Position } from '../position.ts'
import { paramsOf, withParams } from '../position.ts'
import { repeated } from '../repeated.ts'
import { aPlayer, fewSteps } from './options.ts'
import type { Update } from './rule.ts'
import { of } from './rule.ts'

export interface UnrolledOptions {
  /** How many steps of the others the leader looks ahead (K), a whole number from 1 to 1,000. */
  readonly steps: number
  /** Whose gradient goes through the others' steps; the generator's by default. */
  readonly leader?: string
}

/**
 * Steps all players at once, the leader along the total derivative of its objective against the others as they will
 * be after K steps by their own optimizers, from their present moments and on the same minibatch. The others
 * themselves do one ordinary step.
 *
 * @formula w_G <- w_G - h dL_G(G, D_K(G))/dG
 * @cost K + 1 evaluations of the others' gradients and a derivative through all of them, and memory for as many
 * @when a generator jumps from mode to mode
 * @see Metz et al., Unrolled generative adversarial networks (2017), equations 7 to 10
 *
 * @example
 * import { Update } from 'saddlepoint'
 * Update.unrolled({ steps: 5 }).options // => { leader: 'generator', steps: 5 }
 */
export const unrolled = (given: UnrolledOptions, ...more: None): Update => {
  const { all, problems } = readOptions({ leader: 'generator' }, given, { steps: fewSteps, leader: aPlayer }, {}, more)
  const { leader, steps } = all
  const rule = (players: readonly string[]) =>
    phase(
      players,
      (game, position) => {
        const field = game.field(position)
        if (!game.players.includes(leader)) return game.step(position, field)
        const others = game.players.filter((player) => player !== leader)
        const after = (params: unknown): Tensor => {
          const start = withParams(position, { [leader]: params })
          const stepped = (at: Position): Position => game.step(at, game.field(at, { players: others }))
          // The first step ahead begins with the field that is there: only the others go into the loop.
          return game.loss(leader, repeated(steps - 1, stepped, stepped(start), others))
        }
        const total = grad(after)(paramsOf(position, [leader])[leader])
        return game.step(position, { ...field, gradients: { ...field.gradients, [leader]: total } })
      },
      { evaluates: [...new Set([...players, leader])] }
    )
  return of('unrolled', (players) => [rule(players)], all, problems)
}

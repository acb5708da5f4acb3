import type { None } from '../../../tensor/arguments.ts'
import { oneOf, readOptions } from '../../../tensor/options.ts'
import { phase } from '../phase.ts'
import { paramsOf, withOptimizers } from '../position.ts'
import type { Update } from './rule.ts'
import { of } from './rule.ts'

export interface ExtragradientOptions {
  /** Whether the second evaluation has a minibatch and latents of its own (default), or those of the first. */
  readonly minibatches?: 'own' | 'same'
}

/**
 * Steps all players from where they are along the field at the parameters w' of a step. The moments of optimizers go
 * through both steps; nothing else is left of the first. With `Opt.adam` it is extra-Adam. On a bilinear game plain
 * gradient steps spiral outward, and these inward.
 *
 * @formula w' = w - h v(w), w <- w - h v(w')
 * @cost 2 fields
 * @when players circle
 * @see Korpelevich, The extragradient method for finding saddle points (1976)
 * @see Gidel et al., A variational inequality perspective on GANs (2019), algorithm 3; with Adam algorithm 4
 *
 * @example
 * import { Update } from 'saddlepoint'
 * Update.extragradient().phases(['discriminator', 'generator'])[0].minibatches // => 2
 */
export const extragradient = (given: ExtragradientOptions = {}, ...more: None): Update => {
  const { all, problems } = readOptions(
    { minibatches: 'own' } as const,
    given,
    { minibatches: oneOf('own', 'same') },
    {},
    more
  )
  const second = all.minibatches === 'same' ? 0 : 1
  const rule = (players: readonly string[]) =>
    phase(
      players,
      (game, position) => {
        const half = game.step(position, game.field(position))
        const field = game.field(position, { at: paramsOf(half, game.players), minibatch: second })
        return game.step(withOptimizers(position, half), field)
      },
      { minibatches: second + 1 }
    )
  return of('extragradient', (players) => [rule(players)], all, problems)
}

import { add, mul, sub } from '../../../ops/arithmetic.ts'
import { ones, zeros, zerosLike } from '../../../ops/creation.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { treeMap } from '../../../tensor/tree.ts'
import { phaseWith } from '../phase.ts'
import type { Profile } from '../profile.ts'
import type { Update } from './rule.ts'
import { of } from './rule.ts'

/** Holds each player's gradient at its last update, 0 at first, and 1 once there was one. */
interface Last {
  readonly field: Profile
  readonly begun: Readonly<Record<string, Tensor>>
}

const map = <A, B>(record: Readonly<Record<string, A>>, f: (a: A, name: string) => B): Readonly<Record<string, B>> =>
  Object.fromEntries(Object.entries(record).map(([name, a]) => [name, f(a, name)]))

/**
 * Steps all players along the gradient expected next, if it goes on changing as it did, v(t) being the field at
 * update t. The first update is along v(0).
 *
 * @formula w <- w - h (2 v(t) - v(t - 1))
 * @cost 1 field, and a copy of the last one, which is remembered
 * @when the extragradient's stability is wanted for half of its cost
 * @see Daskalakis et al., Training GANs with optimism (2018), section 2
 *
 * @example
 * import { Update } from 'saddlepoint'
 * Update.optimistic.phases(['discriminator', 'generator'])[0].minibatches // => 1
 */
export const optimistic: Update = of('optimistic', (players) => [
  phaseWith<Last>(players, {
    init: (params) => ({ field: treeMap(zerosLike, params), begun: map(params, () => zeros([])) }),
    run: (game, position, { field, begun }) => {
      const { gradients, effects } = game.field(position)
      const expected = map(gradients, (gradient, player) =>
        treeMap((g, last) => add(g, mul(begun[player] ?? 0, sub(g, last))), gradient, field[player])
      )
      const seen = { ...begun, ...map(gradients, () => ones([])) }
      return [game.step(position, { gradients: expected, effects }), { field: { ...field, ...gradients }, begun: seen }]
    }
  })
])

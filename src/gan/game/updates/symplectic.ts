import { add, mul, sign } from '../../../ops/arithmetic.ts'
import type { None } from '../../../tensor/arguments.ts'
import { finite, flag, readOptions } from '../../../tensor/options.ts'
import { sizeOf } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { treeLeaves } from '../../../tensor/tree.ts'
import { vjp } from '../../../transform/vjp.ts'
import type { Game } from '../phase.ts'
import { phase } from '../phase.ts'
import type { Position } from '../position.ts'
import { paramsOf } from '../position.ts'
import type { Profile } from '../profile.ts'
import { dot, plus } from '../profile.ts'
import { rotation } from '../rotation.ts'
import type { Update } from './rule.ts'
import { of } from './rule.ts'

export interface SymplecticOptions {
  /** Weight of the adjustment; 1 by default. */
  readonly lambda?: number
  /** Whether the sign of lambda is chosen so that the adjustment is drawn to stable and from unstable points; false by default. */
  readonly align?: boolean
}

/** Computes the sign of <v, J'v> <A'v, J'v> / d + 0.1. */
const alignment = (game: Game, position: Position, v: Profile, adjustment: Profile): Tensor => {
  const field = (at: Profile): Profile => game.field(position, { at }).gradients
  const [h] = vjp(field, paramsOf(position, game.players))[1](v)
  const d = treeLeaves(v).reduce((count, { shape }) => count + sizeOf(shape), 0)
  return sign(add(mul(dot(v, h), mul(dot(adjustment, h), 1 / d)), 0.1))
}

/**
 * Steps all players along v + lambda A'v, v being the field and A = (J - J')/2 the antisymmetric part of its
 * Jacobian: A'v = (J'v - Jv)/2 is orthogonal to v where nothing but rotation is left. With `align`, lambda is
 * multiplied by the sign of <v, J'v> <A'v, J'v> / d + 0.1, d being the number of parameters.
 *
 * Layers with a customVjp have no jvp: they are an Issue under this rule.
 *
 * @formula w <- w - h (v + lambda A'v)
 * @cost about 2.5 fields, and 4 with `align`
 * @when players circle, and only stable equilibria are wanted
 * @see Balduzzi et al., The mechanics of n-player differentiable games (2018), algorithm 1
 *
 * @example
 * import { Update } from 'saddlepoint'
 * Update.symplectic({ align: true }).options // => { lambda: 1, align: true }
 */
export const symplectic = (given: SymplecticOptions = {}, ...more: None): Update => {
  const { all, problems } = readOptions({ lambda: 1, align: false }, given, { lambda: finite, align: flag }, {}, more)
  const rule = (players: readonly string[]) =>
    phase(players, (game, position) => {
      const { gradients: v, effects } = game.field(position)
      const adjustment = rotation(game, position, v)
      const weight = all.align ? mul(alignment(game, position, v, adjustment), all.lambda) : all.lambda
      return game.step(position, { gradients: plus(v, adjustment, weight), effects })
    })
  return of('symplectic', (players) => [rule(players)], all, problems)
}

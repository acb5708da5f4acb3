import { add, mul, sub } from '../../ops/arithmetic.ts'
import { zerosLike } from '../../ops/creation.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { treeMap } from '../../tensor/tree.ts'
import { grad } from '../../transform/grad.ts'
import { jvp } from '../../transform/jvp.ts'
import type { Game } from './phase.ts'
import type { Position } from './position.ts'
import { paramsOf } from './position.ts'
import type { Profile } from './profile.ts'

/**
 * Computes A'v for the antisymmetric part A = (J - J')/2 of the field's Jacobian. Blocks of one player are Hessians,
 * which are symmetric and cancel, and in the others the order of derivatives is free: player i's part of J'v - Jv is the
 * gradient in its own parameters of the sum over j of the derivative of L_j - L_i along v_j.
 */
export const rotation = (game: Game, position: Position, v: Profile): Profile => {
  const params = paramsOf(position, game.players)
  const against = (i: string, j: string, own: unknown): Tensor => {
    const difference = (other: unknown): Tensor => {
      const at = { [i]: own, [j]: other }
      return sub(game.loss(j, position, { at }), game.loss(i, position, { at }))
    }
    return jvp(difference, [params[j]], [v[j]])[1]
  }
  const partOf = (i: string): unknown => {
    const others = game.players.filter((j) => j !== i)
    const along = (own: unknown): Tensor => others.map((j) => against(i, j, own)).reduce((a, b) => add(a, b))
    return others.length === 0 ? treeMap(zerosLike, params[i]) : treeMap((g) => mul(g, 0.5), grad(along)(params[i]))
  }
  return Object.fromEntries(game.players.map((i) => [i, partOf(i)]))
}

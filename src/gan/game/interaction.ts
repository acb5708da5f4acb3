import { jvp } from '../../transform/jvp.ts'
import { vjp } from '../../transform/vjp.ts'
import type { Game } from './phase.ts'
import type { Position } from './position.ts'
import { paramsOf } from './position.ts'
import type { Profile } from './profile.ts'
import { plus } from './profile.ts'

const without = (profile: Profile, player: string): Profile =>
  Object.fromEntries(Object.entries(profile).filter(([name]) => name !== player))

/** Holds a linear map of profiles and its transpose. */
interface Interaction {
  readonly forwards: (u: Profile) => Profile
  readonly backwards: (u: Profile) => Profile
}

/**
 * Makes u -> u + h B u and its transpose, B being the blocks of the field's Jacobian in which players meet: the Jacobian
 * without its diagonal blocks.
 */
export const interaction = (game: Game, position: Position, h: number): Interaction => {
  const params = paramsOf(position, game.players)
  const gradientOf = (player: string) => (at: Profile) =>
    game.field(position, { at, players: [player] }).gradients[player]
  const forwards = (u: Profile): Profile =>
    Object.fromEntries(
      game.players.map((player) => {
        const [, along] = jvp(gradientOf(player), [without(params, player)], [without(u, player)])
        return [player, plus(u[player], along, h)]
      })
    )
  const backwards = (u: Profile): Profile =>
    game.players.reduce<Profile>((sum, player) => {
      const [onto] = vjp(gradientOf(player), without(params, player))[1](u[player])
      return { ...sum, ...plus(without(sum, player), onto, h) }
    }, u)
  return { forwards, backwards }
}

import { where } from '../../ops/comparison.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { treeMap } from '../../tensor/tree.ts'
import type { Held } from './networks.ts'
import type { Profile } from './profile.ts'

/** Holds what a player carries from step to step. */
export interface PlayerState extends Held {
  /** Moments and counts of its optimizer. */
  readonly optimizer: unknown
}

/** Holds the figures of one update of a player, taken at the parameters at which its gradient was. */
export interface UpdateFigures {
  /** The objective: the weighted sum of the terms that counted at this step. float32 []. */
  readonly loss: Tensor
  /** 2-norm of what its optimizer was given, all parameters together. float32 []. */
  readonly gradientNorm: Tensor
  /** The value of each term that counted, by name, without its weight. float32 []. */
  readonly terms: Readonly<Record<string, Tensor>>
  /** How many steps it stands for, where the rule counts them (best response). float32 []. */
  readonly steps?: Tensor
}

/**
 * Holds where a game stands in the midst of a cycle. It is a value: a position that an update rule looks at and throws
 * away leaves nothing behind.
 */
export interface Position {
  readonly players: Readonly<Record<string, PlayerState>>
  /** What terms remember, by player, then by `term/name`. */
  readonly memories: Readonly<Record<string, Readonly<Record<string, Tensor>>>>
  /** The figures of each player's updates in this cycle so far, in their order. */
  readonly figures: Readonly<Record<string, readonly UpdateFigures[]>>
}

/** Returns the parameters of these players. */
export const paramsOf = (position: Pick<Position, 'players'>, players: readonly string[]): Profile =>
  Object.fromEntries(players.map((player) => [player, position.players[player]?.params]))

/** Replaces the parameters of the players of a profile; all else stays. */
export const withParams = (position: Position, params: Profile): Position => ({
  ...position,
  players: {
    ...position.players,
    ...Object.fromEntries(
      Object.entries(position.players).flatMap(([player, own]) =>
        player in params ? [[player, { ...own, params: params[player] }]] : []
      )
    )
  }
})

/** Takes the moments and counts of the optimizers from another position; all else stays. */
export const withOptimizers = (position: Position, from: Position): Position => ({
  ...position,
  players: Object.fromEntries(
    Object.entries(position.players).map(([player, own]) => [
      player,
      { ...own, optimizer: (from.players[player] ?? own).optimizer }
    ])
  )
})

/** Chooses between two positions by a bool scalar, number by number; the figures are those of `otherwise`. */
export const choose = (condition: Tensor, then: Position, otherwise: Position): Position => {
  const either = <T>(a: T, b: T): T => treeMap((x, y) => where(condition, x, y), a, b)
  return {
    players: either(then.players, otherwise.players),
    memories: either(then.memories, otherwise.memories),
    figures: otherwise.figures
  }
}

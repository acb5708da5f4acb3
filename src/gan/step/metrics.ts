import { concat } from '../../ops/assembly.ts'
import { reshape } from '../../ops/shaping.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Position, UpdateFigures } from '../game/position.ts'

/**
 * Holds the figures of one player's n updates in a cycle, each float32 [n] and taken at the parameters before its update.
 */
export interface PlayerMetrics {
  /** The objective: the weighted sum of the terms that counted at this step. */
  readonly loss: Tensor
  /** 2-norm of what its optimizer was given, its gradient as the update rule makes it, all parameters together. */
  readonly gradientNorm: Tensor
  /** The value of each term that counted, by name, without its weight. */
  readonly terms: Readonly<Record<string, Tensor>>
  /** How many steps each of them stands for, where the update rule counts them (best response). */
  readonly steps?: Tensor
}
/** Holds figures by player. A player none of whose terms counted has no entry. */
export type Metrics = Readonly<Record<string, PlayerMetrics>>

/** Puts the figures of each player's updates one after the other, to [n]: each is of one update, or of several. */
export const metricsOf = (figures: Position['figures']): Metrics =>
  Object.fromEntries(
    Object.entries(figures).map(([player, updates]) => {
      const joined = (figure: (of: UpdateFigures) => Tensor | undefined): Tensor =>
        concat(updates.flatMap((of) => figure(of) ?? []).map((x) => reshape(x, [-1])))
      const counted = updates.every(({ steps }) => steps !== undefined)
      return [
        player,
        {
          ...(counted ? { steps: joined(({ steps }) => steps) } : {}),
          loss: joined(({ loss }) => loss),
          gradientNorm: joined(({ gradientNorm }) => gradientNorm),
          terms: Object.fromEntries(
            Object.keys(updates[0]?.terms ?? {}).map((name) => [name, joined(({ terms }) => terms[name])])
          )
        }
      ]
    })
  )

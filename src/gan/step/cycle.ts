import { add } from '../../ops/arithmetic.ts'
import { stack } from '../../ops/assembly.ts'
import { foldIn } from '../../random/key.ts'
import { randint } from '../../random/integers.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { averaged } from './average.ts'
import type { Batch, Draws } from './batch.ts'
import type { Moved } from './move.ts'
import { move } from './move.ts'
import type { WeightedTerm } from '../game/objective.ts'
import type { PlaySource } from '../game/play.ts'
import type { Spec } from '../game/spec.ts'
import { objectiveOf, phasesOf } from '../game/spec.ts'
import type { State } from './state.ts'

/**
 * Holds the figures of one player's n updates in a cycle, each float32 [n] and taken at the parameters before its update.
 */
export interface PlayerMetrics {
  /** The objective: the weighted sum of the terms that counted at this step. */
  readonly loss: Tensor
  /** 2-norm of the gradient of all parameters together. */
  readonly gradientNorm: Tensor
  /** The value of each term that counted, by name, without its weight. */
  readonly terms: Readonly<Record<string, Tensor>>
}
/** Holds figures by player. A player none of whose terms counted has no entry. */
export type Metrics = Readonly<Record<string, PlayerMetrics>>

export interface CycleOptions {
  /** Samples in a minibatch (B), at least 1. */
  readonly batchSize: number
  /**
   * Minibatches by which a cycle moves `state.cursor`. Default: those that it read. A compiled step gives the same number
   * whichever lazy terms count.
   */
  readonly batchesPerStep?: number
  /** Returns the minibatch of a phase; `key` is for one that is drawn. Called at most once a phase, only if a term reads data. */
  readonly batch: (phase: number, key: Tensor) => Batch
  /** Values given instead of drawn ones, by phase, then by `term/name`, `latent` or `fakeLabels`. */
  readonly draws?: (phase: number) => Draws
  /** Tests whether a term counts at this step; all do by default. */
  readonly active?: (term: WeightedTerm) => boolean
}

/** Holds one player's update in one phase. */
interface Turn {
  readonly player: string
  readonly moved: Moved
}

/**
 * Prepares what all players of a phase see: a minibatch, read when first asked for, latents, labels, and a key. Keys are
 * numbered: 0 draws latents, 1 labels, 2 the minibatch, 3 is for terms. What a seed gives depends on these numbers, so they
 * never change.
 */
const sourceOf = (
  spec: Spec,
  step: Tensor,
  phase: number,
  key: Tensor,
  { batchSize, batch, draws }: CycleOptions
): Omit<PlaySource, 'networks'> & { readonly tookBatch: () => boolean } => {
  const given = draws?.(phase) ?? {}
  const classes = spec.labels?.classes
  let taken: Batch | undefined
  const take = (): Batch => (taken ??= batch(phase, foldIn(key, 2)))
  return {
    latent: given['latent'] ?? spec.prior.sample(foldIn(key, 0), batchSize),
    fakeLabels:
      classes === undefined ? undefined : (given['fakeLabels'] ?? randint(foldIn(key, 1), [batchSize], 0, classes)),
    real: () => take().real,
    realLabels: classes === undefined ? undefined : () => take().labels,
    key: foldIn(key, 3),
    step,
    draws: given,
    tookBatch: () => taken !== undefined
  }
}

/** Stacks the figures of each player's n updates to [n]. */
const metricsOf = (turns: readonly Turn[]): Metrics =>
  Object.fromEntries(
    [...new Set(turns.map(({ player }) => player))].map((player) => {
      const moves = turns.filter((turn) => turn.player === player).map(({ moved }) => moved)
      const stacked = (figure: (moved: Moved) => Tensor | undefined): Tensor =>
        stack(moves.flatMap((moved) => figure(moved) ?? []))
      return [
        player,
        {
          loss: stacked(({ loss }) => loss),
          gradientNorm: stacked(({ gradientNorm }) => gradientNorm),
          terms: Object.fromEntries(
            Object.keys(moves[0]?.terms ?? {}).map((name) => [name, stacked(({ terms }) => terms[name])])
          )
        }
      ]
    })
  )

/**
 * Computes one cycle of training as a pure function: every phase of the update rule in order, then the averages, the step
 * and the data cursor. Each phase has a minibatch, latents and keys of its own, by foldIn of the step and the phase;
 * players of one phase share them and all see the parameters and memories from before it. A player none of whose terms
 * counts at this step does not move.
 *
 * @throws InvalidArgument where the spec or the state lacks something for a player; whatever networks and terms throw
 */
export const cycle = (spec: Spec, state: State, options: CycleOptions): [State, Metrics] => {
  const { active = () => true } = options
  const stepKey = foldIn(state.key, state.step)
  const turns: Turn[] = []
  let batches = 0
  const after = phasesOf(spec).reduce((before, players, phase) => {
    const source = sourceOf(spec, before.step, phase, foldIn(stepKey, phase), options)
    const phaseTurns = players
      .filter((player) => objectiveOf(spec, player).some(active))
      .map((player) => ({
        player,
        moved: move(spec, before, player, source, active)
      }))
    turns.push(...phaseTurns)
    if (source.tookBatch()) batches++
    return {
      ...before,
      players: {
        ...before.players,
        ...Object.fromEntries(phaseTurns.map(({ player, moved }) => [player, moved.state]))
      },
      memories: {
        ...before.memories,
        ...Object.fromEntries(phaseTurns.map(({ player, moved }) => [player, moved.memories]))
      }
    }
  }, state)
  const next = { ...after, step: add(state.step, 1), cursor: add(state.cursor, options.batchesPerStep ?? batches) }
  return [{ ...next, ...averaged(spec, state.step, next) }, metricsOf(turns)]
}

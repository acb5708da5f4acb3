import { add, mul, sub } from '../../ops/arithmetic.ts'
import { stack } from '../../ops/assembly.ts'
import { foldIn } from '../../random/key.ts'
import { randint } from '../../random/integers.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { treeMap } from '../../tensor/tree.ts'
import type { Batch, Draws } from './batch.ts'
import type { Moved } from './move.ts'
import { move } from './move.ts'
import type { WeightedTerm } from '../game/objective.ts'
import type { PlaySource } from '../game/play.ts'
import type { Spec } from '../game/spec.ts'
import { objectiveOf, phasesOf } from '../game/spec.ts'
import type { State } from './state.ts'

/** Holds the figures of one player's updates in a cycle, each measured before it: [n], n updates. */
export interface PlayerMetrics {
  /** The objective: the weighted sum of the terms that counted at this step. */
  readonly loss: Tensor
  /** 2-norm of the gradient of all parameters together. */
  readonly gradientNorm: Tensor
  /** The value of each term that counted, by name, without its weight. */
  readonly terms: Readonly<Record<string, Tensor>>
}
/** Holds figures by player; one that did not move at this step is not there. */
export type Metrics = Readonly<Record<string, PlayerMetrics>>

export interface CycleOptions {
  readonly batchSize: number
  /** How far a cycle moves the data cursor; default: by the minibatches that it took. */
  readonly batchesPerStep?: number
  /** The minibatch of a phase, given a key for those that are drawn. */
  readonly batch: (phase: number, key: Tensor) => Batch
  readonly draws?: (phase: number) => Draws
  /** Tests whether a term counts at this step; all do by default. */
  readonly active?: (term: WeightedTerm) => boolean
}

/** Names one player's update in one phase. */
interface Turn {
  readonly player: string
  readonly moved: Moved
}

/** Prepares what all players of a phase see: a minibatch, taken when first asked for, latents, labels, and a key. */
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

const averaged = (spec: Spec, state: State): State['averages'] => {
  const { average } = spec
  return average === undefined
    ? state.averages
    : Object.fromEntries(
        Object.entries(state.averages).map(([name, own]) => [
          name,
          treeMap((a, p) => add(p, mul(average.decay, sub(a, p))), own, state.players[name]?.params)
        ])
      )
}

const metricsOf = (turns: readonly Turn[]): Metrics =>
  Object.fromEntries(
    [...new Set(turns.map(({ player }) => player))].map((player) => {
      const own = turns.filter((turn) => turn.player === player).map(({ moved }) => moved)
      const stacked = (figure: (moved: Moved) => Tensor | undefined): Tensor =>
        stack(own.flatMap((moved) => figure(moved) ?? []))
      return [
        player,
        {
          loss: stacked(({ loss }) => loss),
          gradientNorm: stacked(({ gradientNorm }) => gradientNorm),
          terms: Object.fromEntries(
            Object.keys(own[0]?.terms ?? {}).map((name) => [name, stacked(({ terms }) => terms[name])])
          )
        }
      ]
    })
  )

/**
 * Computes one cycle of training as a pure function: every phase of the update rule in order, then the averages. Each
 * phase has a minibatch, latents and keys of its own, by foldIn of the step and the phase; players of one phase share
 * them and all see the parameters from before it. A player whose terms all rest at this step does not move.
 */
export const cycle = (spec: Spec, state: State, options: CycleOptions): [State, Metrics] => {
  const { active = () => true } = options
  const stepKey = foldIn(state.key, state.step)
  const turns: Turn[] = []
  let batches = 0
  const after = phasesOf(spec).reduce((before, players, phase) => {
    const source = sourceOf(spec, before.step, phase, foldIn(stepKey, phase), options)
    const own = players
      .filter((player) => objectiveOf(spec, player).some(active))
      .map((player) => ({
        player,
        moved: move(spec, before, player, source, active)
      }))
    turns.push(...own)
    if (source.tookBatch()) batches++
    return {
      ...before,
      players: { ...before.players, ...Object.fromEntries(own.map(({ player, moved }) => [player, moved.state])) },
      memories: { ...before.memories, ...Object.fromEntries(own.map(({ player, moved }) => [player, moved.memories])) }
    }
  }, state)
  const next = { ...after, step: add(state.step, 1), cursor: add(state.cursor, options.batchesPerStep ?? batches) }
  return [{ ...next, averages: averaged(spec, next) }, metricsOf(turns)]
}

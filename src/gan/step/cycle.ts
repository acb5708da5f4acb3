import { add } from '../../ops/arithmetic.ts'
import { stack } from '../../ops/assembly.ts'
import { foldIn } from '../../random/key.ts'
import { randint } from '../../random/integers.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { tensorsLike, tensorsOf } from '../../transform/staged.ts'
import { averaged } from './average.ts'
import type { Batch, Draws } from './batch.ts'
import type { GameSource } from '../game/gameOf.ts'
import { gameOf } from '../game/gameOf.ts'
import type { WeightedTerm } from '../game/objective.ts'
import type { Game, Phase } from '../game/phase.ts'
import type { Position, UpdateFigures } from '../game/position.ts'
import type { Spec } from '../game/spec.ts'
import { phasesOf } from '../game/spec.ts'
import type { State } from './state.ts'

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

export interface CycleOptions {
  /** Samples in a minibatch (B), at least 1. */
  readonly batchSize: number
  /**
   * Minibatches by which a cycle moves `state.cursor`. Default: those that it read. A compiled step gives the same number
   * whichever lazy terms count.
   */
  readonly batchesPerStep?: number
  /**
   * Returns the minibatch of an evaluation; `key` is for one that is drawn. Called at most once an evaluation, only if a
   * term reads data.
   */
  readonly batch: (evaluation: number, key: Tensor) => Batch
  /** Values given instead of drawn ones, by evaluation, then by `term/name`, `latent` or `fakeLabels`. */
  readonly draws?: (evaluation: number) => Draws
  /** Tests whether a term counts at this step; all do by default. */
  readonly active?: (term: WeightedTerm) => boolean
}

/** Holds a minibatch of a phase with what is drawn beside it, and whether a term has read it. */
interface Evaluation extends GameSource {
  readonly tookBatch: () => boolean
}

/**
 * Prepares an evaluation, which is what all players of a phase see: a minibatch, read when first asked for, latents,
 * labels, and a key. Keys are numbered: 0 draws latents, 1 labels, 2 the minibatch, 3 is for terms. What a seed gives
 * depends on these numbers, so they never change.
 */
const evaluationOf = (
  spec: Spec,
  step: Tensor,
  index: number,
  key: Tensor,
  { batchSize, batch, draws }: CycleOptions
): Evaluation => {
  const given = draws?.(index) ?? {}
  const classes = spec.labels?.classes
  let taken: Batch | undefined
  const take = (): Batch => (taken ??= batch(index, foldIn(key, 2)))
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
const metricsOf = (figures: Position['figures']): Metrics =>
  Object.fromEntries(
    Object.entries(figures).map(([player, updates]) => {
      const stacked = (figure: (of: UpdateFigures) => Tensor | undefined): Tensor =>
        stack(updates.flatMap((of) => figure(of) ?? []))
      const counted = updates.every(({ steps }) => steps !== undefined)
      return [
        player,
        {
          ...(counted ? { steps: stacked(({ steps }) => steps) } : {}),
          loss: stacked(({ loss }) => loss),
          gradientNorm: stacked(({ gradientNorm }) => gradientNorm),
          terms: Object.fromEntries(
            Object.keys(updates[0]?.terms ?? {}).map((name) => [name, stacked(({ terms }) => terms[name])])
          )
        }
      ]
    })
  )

/** Runs a phase, whose rule has to leave all that players carry, and its own memory, in the form that it was. */
const runPhase = (
  rule: string,
  { run }: Phase,
  game: Game,
  position: Position,
  memory: unknown
): readonly [Position, unknown] => {
  const [after, remembered] = run(game, position, memory)
  const formOf = ({ players, memories }: Position, own: unknown): readonly unknown[] => [players, memories, own]
  tensorsLike(
    tensorsOf(formOf(position, memory), rule),
    formOf(after, remembered),
    ['players, memories of terms and of the phase', 'those before it'],
    `the update rule ${rule}`
  )
  return [after, remembered]
}

/**
 * Computes one cycle of training as a pure function: every phase of the update rule in order, then the averages, the step
 * and the data cursor. Each minibatch of a phase comes with latents and keys of its own, by foldIn of the step and of its
 * number in the cycle; players of one phase share them and all see the parameters and memories from before it. A player
 * none of whose terms counts at this step does not move.
 *
 * @throws InvalidArgument where the spec or the state lacks something for a player; InvalidTree or ShapeMisfit where the
 * update rule changes the form of what it is given; whatever networks and terms throw
 */
export const cycle = (spec: Spec, state: State, options: CycleOptions): [State, Metrics] => {
  const { active = () => true } = options
  const stepKey = foldIn(state.key, state.step)
  const evaluations: Evaluation[] = []
  const memories: unknown[] = []
  const start: Position = { players: state.players, memories: state.memories, figures: {} }
  const after = phasesOf(spec).reduce((position, phase, i) => {
    const own = Array.from({ length: phase.minibatches }, (_, j) => {
      const index = evaluations.length + j
      return evaluationOf(spec, state.step, index, foldIn(stepKey, index), options)
    })
    evaluations.push(...own)
    const game = gameOf(spec, phase, own, state.step, active)
    const [next, memory] = runPhase(spec.update.name, phase, game, position, state.update[i])
    memories.push(memory)
    return next
  }, start)
  const batches = evaluations.filter(({ tookBatch }) => tookBatch()).length
  const next = {
    ...state,
    players: after.players,
    memories: after.memories,
    update: memories,
    step: add(state.step, 1),
    cursor: add(state.cursor, options.batchesPerStep ?? batches)
  }
  return [{ ...next, ...averaged(spec, state.step, next) }, metricsOf(after.figures)]
}

import { add } from '../../ops/arithmetic.ts'
import { stack } from '../../ops/assembly.ts'
import { foldIn } from '../../random/key.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { averaged } from './average.ts'
import type { Evaluation, EvaluationOptions } from './evaluation.ts'
import { evaluationOf } from './evaluation.ts'
import { gameOf } from '../game/gameOf.ts'
import type { BatchSize } from '../game/batchSize.ts'
import { sizeOf } from '../game/batchSize.ts'
import type { WeightedTerm } from '../game/objective.ts'
import { runPhase } from '../game/runPhase.ts'
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

export interface CycleOptions extends Omit<EvaluationOptions, 'batchSize'> {
  /** Samples in a minibatch, or by player, of the phases that move it. */
  readonly batchSize: BatchSize
  /**
   * Minibatches by which a cycle moves `state.cursor`. Default: those that it read. A compiled step gives the same number
   * whichever lazy terms count.
   */
  readonly batchesPerStep?: number
  /** Tests whether a term counts at this step; all do by default. */
  readonly active?: (term: WeightedTerm) => boolean
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
  const after = phasesOf(spec).reduce((position, phase) => {
    const own = Array.from({ length: phase.minibatches }, (_, j) => {
      const index = evaluations.length + j
      return evaluationOf(spec, state.step, index, foldIn(stepKey, index), {
        ...options,
        batchSize: sizeOf(options.batchSize, phase)
      })
    })
    evaluations.push(...own)
    const game = gameOf(spec, phase, own, state.step, active)
    const before = phase.init === undefined ? [] : state.update[memories.length]
    const [next, memory] = runPhase(spec.update.name, phase, game, position, before)
    if (phase.init !== undefined) memories.push(memory)
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

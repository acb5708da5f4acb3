import { add } from '../../ops/arithmetic.ts'
import { foldIn } from '../../random/key.ts'
import { range } from '../../tensor/shape.ts'
import type { BatchSize } from '../game/batchSize.ts'
import { sizeOf } from '../game/batchSize.ts'
import type { WeightedTerm } from '../game/objective.ts'
import type { Phase } from '../game/phase.ts'
import type { Position } from '../game/position.ts'
import type { Spec } from '../game/spec.ts'
import { phasesOf } from '../game/spec.ts'
import { averaged } from './average.ts'
import type { Batch, Draws } from './batch.ts'
import type { Metrics } from './metrics.ts'
import { metricsOf } from './metrics.ts'
import type { PhaseFeed, RunRepeatedly, Setting } from './run.ts'
import { runOnce, runsOf } from './run.ts'
import type { Sampler } from './sampler.ts'
import type { State } from './state.ts'

/** Says what one cycle is given beside a state. */
export interface CycleOptions {
  /** Samples in a minibatch, or by player, of the phases that move it. */
  readonly batchSize: BatchSize
  /** Returns the minibatch of that number in the cycle; undefined where no term reads one. */
  readonly batch?: (number: number) => Batch | undefined
  /** Draws minibatches instead, inside the cycle. */
  readonly sampler?: Sampler | undefined
  /** Values given instead of drawn ones, by minibatch, then by `term/name`, `latent` or `fakeLabels`. */
  readonly draws?: (number: number) => Draws
  /**
   * Minibatches by which a cycle moves `state.cursor`. Default: those that it read. A compiled step gives the same number
   * whichever lazy terms count.
   */
  readonly batchesPerStep?: number
  /** Tests whether a term counts at this step; all do by default. */
  readonly active?: (term: WeightedTerm) => boolean
  /** Runs equal phases in succession; each is written out by default, so that its operations can be told from those of others. */
  readonly repeatedly?: RunRepeatedly | undefined
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
  const { active = () => true, batch = () => undefined, draws = () => ({}), sampler, repeatedly } = options
  const setting: Setting = { spec, cycle: state.step, key: foldIn(state.key, state.step), active, sampler }
  const feedFrom = (first: number, { minibatches }: Phase): PhaseFeed => {
    const numbers = range(minibatches).map((j) => first + j)
    return {
      numbers,
      batches: numbers.flatMap((number) => batch(number) ?? []),
      draws: numbers.map(draws)
    }
  }
  const memories: unknown[] = []
  let read = 0
  const start: Position = { players: state.players, memories: state.memories, figures: {} }
  const end = runsOf(phasesOf(spec), repeatedly !== undefined).reduce((position, { phase, times, first }) => {
    const size = sizeOf(options.batchSize, phase)
    const before = phase.init === undefined ? [] : state.update[memories.length]
    const feedOf = (i: number): PhaseFeed => feedFrom(first + i * phase.minibatches, phase)
    const after =
      times === 1 || repeatedly === undefined
        ? runOnce(setting, phase, size, feedOf(0), position, before)
        : repeatedly(setting, phase, size, times, feedOf, position)
    if (phase.init !== undefined) memories.push(after.memory)
    read += after.read
    return after.position
  }, start)
  const next = {
    ...state,
    players: end.players,
    memories: end.memories,
    update: memories,
    step: add(state.step, 1),
    cursor: add(state.cursor, options.batchesPerStep ?? read)
  }
  return [{ ...next, ...averaged(spec, state.step, next) }, metricsOf(end.figures)]
}

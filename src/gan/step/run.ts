import { foldIn } from '../../random/key.ts'
import { fail } from '../../tensor/error.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { gameOf } from '../game/gameOf.ts'
import type { WeightedTerm } from '../game/objective.ts'
import type { Phase } from '../game/phase.ts'
import type { Position } from '../game/position.ts'
import { runPhase } from '../game/runPhase.ts'
import type { Spec } from '../game/spec.ts'
import type { Batch, Draws } from './batch.ts'
import { evaluationOf } from './evaluation.ts'
import type { Sampler } from './sampler.ts'
import { sampleBatch } from './sampler.ts'

/** Holds a phase with how many times it comes in succession, and the number of its first minibatch in the cycle. */
export interface Run {
  readonly phase: Phase
  readonly times: number
  readonly first: number
}

/** Gathers phases that are one and the same and come in succession, as loops; those that remember something stay apart. */
export const runsOf = (phases: readonly Phase[], asLoops: boolean): readonly Run[] => {
  const runs: Run[] = []
  let first = 0
  for (const phase of phases) {
    const last = runs.at(-1)
    const repeats = asLoops && last?.phase === phase && phase.init === undefined
    if (repeats) runs[runs.length - 1] = { ...last, times: last.times + 1 }
    else runs.push({ phase, times: 1, first })
    first += phase.minibatches
  }
  return runs
}

/** Says what all phases of a cycle have in common. */
export interface Setting {
  readonly spec: Spec
  readonly cycle: Tensor
  /** The key of the cycle, of which that of minibatch i is foldIn i. */
  readonly key: Tensor
  readonly active: (term: WeightedTerm) => boolean
  readonly sampler?: Sampler | undefined
}

/** Says what one phase is given. */
export interface PhaseFeed {
  /** The numbers of its minibatches in the cycle; inside a loop int32 []. */
  readonly numbers: readonly (number | Tensor)[]
  /** Data of its minibatches, and the random values beside them, where they are given. */
  readonly batches: readonly Batch[]
  readonly draws: readonly Draws[]
}

/** Holds the position after a phase, what the phase remembers, and how many of its minibatches were read. */
export interface After {
  readonly position: Position
  readonly memory: unknown
  readonly read: number
}

const unread = (rule: string): never =>
  fail('InvalidArgument', {
    op: `the update rule ${rule}`,
    expected: 'terms that read data whenever they are traced, or never',
    actual: 'one that read none at first, and then did',
    hint: 'A term depends on nothing but its play'
  })

/** Runs a phase so many times in succession. */
export type RunRepeatedly = (
  setting: Setting,
  phase: Phase,
  batchSize: number,
  times: number,
  feedOf: (i: number) => PhaseFeed,
  position: Position
) => After

/** Runs a phase once, on minibatches of so many samples. */
export const runOnce = (
  { spec, cycle, key, active, sampler }: Setting,
  phase: Phase,
  batchSize: number,
  { numbers, batches, draws }: PhaseFeed,
  position: Position,
  before: unknown
): After => {
  const sources = numbers.map((number, j) => {
    const batch = (drawn: Tensor): Batch =>
      sampler === undefined ? (batches[j] ?? unread(spec.update.name)) : sampleBatch(sampler, drawn, batchSize)
    return evaluationOf(spec, cycle, foldIn(key, number), { batchSize, batch, draws: draws[j] })
  })
  const game = gameOf(spec, phase, sources, cycle, active)
  const [after, memory] = runPhase(spec.update.name, phase, game, position, before)
  return { position: after, memory, read: sources.filter(({ tookBatch }) => tookBatch()).length }
}

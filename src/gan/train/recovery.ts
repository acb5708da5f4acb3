import * as E from '#fp-ts/Either'
import type { Batch } from '../step/batch.ts'
import type { TrainingStep } from '../step/compile.ts'
import { divergedState } from './divergence.ts'
import type { Issue, Issues } from '../check/issue.ts'
import type { State } from '../step/state.ts'
import type { Trainer } from '../step/trainer.ts'

/** Says which state a training reached. */
export interface Reached {
  readonly state: State
  /** Steps of this training that lie before it. */
  readonly done: number
}

/** Keeps a sound state and the minibatches of the steps since, so that any of these steps can be done once more. */
export interface RecoveryPoint extends Reached {
  /** Milliseconds that it took to copy. */
  readonly cost: number
  /** The minibatches of each step since. */
  readonly fed: readonly (readonly Batch[])[]
  /** Milliseconds of training since. */
  readonly age: number
}

/** Training goes on this many times as long as a copy of the state takes before the next copy is made. */
const patience = 20

/** Tells whether training has gone on for long enough to be worth a new copy. */
export const isStale = ({ cost, age }: RecoveryPoint): boolean => age >= patience * cost

/** Makes the recovery point of a training that begins with that state. */
export const recoveryPointAt = (state: State): RecoveryPoint => ({ state, done: 0, cost: 0, fed: [], age: 0 })

/** Copies a trainer's state after `done` steps. */
export const recoveryPointOf = async (trainer: Trainer, done: number): Promise<E.Either<Issues, RecoveryPoint>> => {
  const from = Date.now()
  const state = await trainer.snapshot()()
  return E.map((copied: State) => ({ ...recoveryPointAt(copied), done, cost: Date.now() - from }))(state)
}

/** Remembers the minibatches of further steps, which took so many milliseconds. */
export const replayable = (
  point: RecoveryPoint,
  fed: readonly (readonly Batch[])[],
  milliseconds: number
): RecoveryPoint => ({ ...point, fed: [...point.fed, ...fed], age: point.age + milliseconds })

/**
 * Finds the last state before `done` steps whose numbers are all finite. Steps since the recovery point are done once
 * more with the same minibatches, hence to the same bits. What a step cannot show (parameters that overflow) the next one
 * does, so going two steps back suffices; beyond, the recovery point itself serves.
 */
export const lastSound = async (step: TrainingStep, point: RecoveryPoint, done: number): Promise<Reached> => {
  for (const target of [done, done - 1]) {
    if (target <= point.done) break
    const trainer = await step.trainer(point.state)()
    if (E.isLeft(trainer)) break
    const { advance, snapshot, dispose } = trainer.right
    const options = step.batchesPerStep === 0 ? {} : { batches: (i: number) => point.fed[i] ?? [] }
    const advanced = await advance(target - point.done, options)()
    const state = await snapshot()()
    dispose()
    if (E.isRight(advanced) && E.isRight(state) && divergedState(state.right, target) === undefined)
      return { state: state.right, done: target }
  }
  return { state: point.state, done: point.done }
}

/** Steps that are replayed at most. */
const mostReplayed = 3

/**
 * Adds to an issue the operation that made the first number that is not finite, found by replaying steps from the last
 * sound state on the reference evaluator. The issue stays as it is where rounding there differs so that all stays finite.
 */
export const traced = async (
  problem: Issue,
  step: TrainingStep,
  point: RecoveryPoint,
  reached: Reached
): Promise<Issue> => {
  let { state } = reached
  for (let n = 0; n < mostReplayed; n++) {
    const batches = step.batchesPerStep === 0 ? [] : point.fed[reached.done - point.done + n]
    if (batches === undefined) break
    const replayed = await step.replay(state, batches)()
    if (E.isLeft(replayed)) break
    const { firstNonFinite } = replayed.right
    if (firstNonFinite !== undefined) return { ...problem, actual: `${problem.actual}, ${firstNonFinite}` }
    state = replayed.right.state
  }
  return problem
}

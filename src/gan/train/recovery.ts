import * as E from '#fp-ts/Either'
import type { Batch } from '../step/batch.ts'
import { divergedState } from './hostMetrics.ts'
import type { Issue, Issues } from '../check/issue.ts'
import type { State } from '../step/state.ts'
import type { Trainer } from '../step/trainer.ts'
import type { TrainingStep } from '../step/compile.ts'

/** A sound state, and the minibatches of the steps since: from it any of these steps can be gone to again. */
export interface RecoveryPoint {
  readonly state: State
  /** Steps of this training that lie before it. */
  readonly done: number
  /** Milliseconds that it took to copy. */
  readonly cost: number
}

/** A state at some step of this training. */
export interface Reached {
  readonly state: State
  readonly done: number
}

/** Training goes on this many times as long as a copy of the state takes before the next copy is made. */
const patience = 20

/** Whether so many milliseconds of training are worth a new copy. */
export const isStale = ({ cost }: RecoveryPoint, trained: number): boolean => trained >= patience * cost

/** A copy of a trainer's state, or the Issue that its numbers are not finite. */
export const shadowOf = async (
  trainer: Trainer,
  done: number,
  step: number
): Promise<E.Either<Issues, { readonly shadow: RecoveryPoint; readonly problem: Issue | undefined }>> => {
  const from = Date.now()
  const state = await trainer.snapshot()()
  if (E.isLeft(state)) return state
  const shadow = { state: state.right, done, cost: Date.now() - from }
  return E.right({ shadow, problem: divergedState(state.right, step) })
}

/**
 * The last state before `done` steps whose numbers are all finite: from the shadow, whose steps are taken again with the
 * same minibatches and hence to the same bits. What a step cannot show (parameters that overflow) the next one does, so
 * two steps back suffices; beyond, the shadow itself serves.
 */
export const lastSound = async (
  step: TrainingStep,
  shadow: RecoveryPoint,
  fed: readonly (readonly Batch[])[],
  done: number
): Promise<Reached> => {
  for (const target of [done, done - 1]) {
    if (target <= shadow.done) break
    const trainer = await step.trainer(shadow.state)()
    if (E.isLeft(trainer)) break
    const { advance, snapshot, dispose } = trainer.right
    const options = step.batchesPerStep === 0 ? {} : { batches: (i: number) => fed[i] ?? [] }
    const advanced = await advance(target - shadow.done, options)()
    const state = await snapshot()()
    dispose()
    if (E.isRight(advanced) && E.isRight(state) && divergedState(state.right, target) === undefined)
      return { state: state.right, done: target }
  }
  return { state: shadow.state, done: shadow.done }
}

/** Steps that are replayed at most. */
const mostReplayed = 3

/**
 * The issue with the operation that made the first number that is not finite, found by replaying the steps from the last
 * sound state on the reference evaluator; as it is where rounding there differs so that all stays finite.
 */
export const traced = async (
  problem: Issue,
  step: TrainingStep,
  shadow: RecoveryPoint,
  fed: readonly (readonly Batch[])[],
  reached: Reached
): Promise<Issue> => {
  let { state } = reached
  for (let n = 0; n < mostReplayed; n++) {
    const batches = step.batchesPerStep === 0 ? [] : fed[reached.done - shadow.done + n]
    if (batches === undefined) break
    const replayed = await step.replay(state, batches)()
    if (E.isLeft(replayed)) break
    const { culprit } = replayed.right
    if (culprit !== undefined) return { ...problem, actual: `${problem.actual}, ${culprit}` }
    state = replayed.right.state
  }
  return problem
}

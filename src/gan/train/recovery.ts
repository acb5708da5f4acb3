import * as E from '#fp-ts/Either'
import type { TrainingStep } from '../step/compile.ts'
import { divergedState } from './divergence.ts'
import type { Issue } from '../check/issue.ts'
import type { Reached, RecoveryPoint } from './recoveryPoint.ts'
import { isFed } from './recoveryPoint.ts'
import type { Signal } from './signal.ts'
import { nextTurn } from '../step/turn.ts'

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
    const options = isFed(point.fed) ? { batches: (i: number) => point.fed[i] ?? [] } : {}
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
 * sound state on the reference evaluator, in turns with whatever else is to be done. The issue stays as it is where rounding
 * there differs so that all stays finite, and where the signal comes first.
 */
export const traced = async (
  problem: Issue,
  step: TrainingStep,
  point: RecoveryPoint,
  reached: Reached,
  signal: Signal | undefined
): Promise<Issue> => {
  const goesOn = async (): Promise<boolean> => {
    await nextTurn()
    return signal?.aborted !== true
  }
  let { state } = reached
  for (let n = 0; n < mostReplayed; n++) {
    const batches = isFed(point.fed) ? point.fed[reached.done - point.done + n] : []
    if (batches === undefined) break
    const replayed = await step.replay(state, batches, [], goesOn)()
    if (E.isLeft(replayed)) break
    const { firstNonFinite } = replayed.right
    if (firstNonFinite !== undefined) return { ...problem, actual: `${problem.actual}, ${firstNonFinite}` }
    state = replayed.right.state
  }
  return problem
}

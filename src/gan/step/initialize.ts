import * as TE from '#fp-ts/TaskEither'
import type { Key } from '../../random/key.ts'
import { key } from '../../random/key.ts'
import { sizeOf } from '../../tensor/shape.ts'
import { treeLeaves, treeMap } from '../../tensor/tree.ts'
import type { Engine, EngineFault, EngineName } from '../../transform/compileStep.ts'
import type { Spec } from '../game/spec.ts'
import type { StepPlan } from './plan.ts'
import type { State } from './state.ts'
import { initialState } from './state.ts'

/** Numbers in a state up to which plain loops compute it sooner than an engine has compiled anything. */
export const mostPlain = 2 ** 18

const sizeOfState = (state: State): number => treeLeaves(state).reduce((sum, { shape }) => sum + sizeOf(shape), 0)

/**
 * Computes the first state of a seed: a small one by plain loops, a large one on an engine, where layers that are alike are
 * compiled once. On one engine the same seed gives the same bits, for any number of threads.
 *
 * @throws InvalidArgument where the seed is no whole number
 */
export const initialize = (
  spec: Spec,
  { memories, state: shapes }: StepPlan,
  engine: EngineName | Engine,
  seed: number
): TE.TaskEither<EngineFault, State> => {
  const root = key(seed)
  const from = (k: Key): State => initialState(spec, memories, k)
  // Values that are in a state twice, such as parameters and their average, are two arrays.
  if (sizeOfState(shapes) <= mostPlain) return TE.of(treeMap((x) => ({ ...x, data: x.data.slice() }), from(root)))
  return async () => {
    const { computeOnce } = await import('../../transform/computeOnce.ts')
    return computeOnce(from, [root], engine)()
  }
}

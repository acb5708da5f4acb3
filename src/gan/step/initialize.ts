import type { TaskEither } from '#fp-ts/TaskEither'
import type { Key } from '../../random/key.ts'
import { key } from '../../random/key.ts'
import type { Engine, EngineFault, EngineName } from '../../transform/compileStep.ts'
import { computeOnce } from '../../transform/computeOnce.ts'
import type { Spec } from '../game/spec.ts'
import type { InitialMemories, State } from './state.ts'
import { initialState } from './state.ts'

/**
 * Computes the first state of a seed on an engine: there the same seed gives the same bits, for any number of threads.
 * Layers that are alike are compiled once; nothing but the state is kept.
 *
 * @throws InvalidArgument where the seed is no whole number
 */
export const initialize = (
  spec: Spec,
  memories: InitialMemories,
  engine: EngineName | Engine,
  seed: number
): TaskEither<EngineFault, State> => computeOnce((root: Key) => initialState(spec, memories, root), [key(seed)], engine)

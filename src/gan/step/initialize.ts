import type { Key } from '../../random/key.ts'
import { key } from '../../random/key.ts'
import { compile } from '../../transform/compile.ts'
import type { Engine, EngineName } from '../../transform/compileStep.ts'
import type { Spec } from '../game/spec.ts'
import type { InitialMemories, State } from './state.ts'
import { initialState } from './state.ts'

/**
 * Computes first states on an engine, as one program whose input is the key of the seed: on one engine the same seed gives
 * the same bits, for any number of threads. The executable is made for each call and freed after it, so that no memory
 * beside the state itself outlives the call.
 *
 * @returns a function that rejects with the tagged error: InvalidArgument where the seed is no whole number, NotSupported
 * where the engine fails
 */
export const initializer =
  (spec: Spec, memories: InitialMemories, engine: EngineName | Engine): ((seed: number) => Promise<State>) =>
  async (seed) => {
    const initialize = compile((root: Key) => initialState(spec, memories, root), { engine })
    try {
      return await initialize(key(seed))
    } finally {
      initialize.dispose()
    }
  }

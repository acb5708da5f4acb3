import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Executable } from './engine.ts'

/** Makes `iterate` of `resident`, the same for every engine. */
export const iterateFrom =
  (resident: Executable['resident']): Executable['iterate'] =>
  ({ carry, ...iteration }) =>
    TE.bracket(
      resident(carry),
      (state) =>
        pipe(
          state.advance(iteration),
          TE.chain(() => state.snapshot())
        ),
      (state) => TE.fromIO(() => state.dispose())
    )

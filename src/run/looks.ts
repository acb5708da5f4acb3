import type { Modes } from '../data/toy.ts'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { Issues } from '../gan/check/issue.ts'
import { issueOf } from '../gan/check/issue.ts'
import type { Spec } from '../gan/game/spec.ts'
import { generate } from '../gan/step/generate.ts'
import type { State } from '../gan/step/state.ts'
import { countAt } from '../gan/step/state.ts'
import { showCount } from '../io/numbers.ts'
import { modeCoverage } from '../lab/modes.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { EngineName } from '../transform/compileStep.ts'
import type { RunData } from './data.ts'
import { issueOfRun } from './issueOfRun.ts'
import { kindOf, pictureOf } from './picture.ts'

/** Holds what is seen of a generator at a step. */
export interface Seen {
  /** Figures of its samples, by name. */
  readonly scores: Readonly<Record<string, number>>
  /** A PNG file. */
  readonly picture: Uint8Array | undefined
}

export interface Looks {
  readonly at: (state: State) => TE.TaskEither<Issues, Seen>
  /** Frees the engine's memory. */
  readonly dispose: () => void
}

/** Counts the samples that are measured on a mixture: as many as the published tables take. */
const measured = 2500
const drawn = 1000
const inGrid = 64

const scoresOf = (samples: Tensor, modes: Modes | undefined): Readonly<Record<string, number>> => {
  if (modes === undefined) return {}
  const { captured, highQuality, reverseKl } = modeCoverage(samples, modes)
  return { modes: captured, 'high quality': highQuality, 'reverse KL': reverseKl }
}

/** Looks at the samples of a state: always the same latents, so that pictures can be compared. */
export const looksAt = (
  spec: Spec,
  { name, shape, modes }: RunData,
  { seed, engine, real }: { readonly seed: number; readonly engine: EngineName; readonly real: Tensor | undefined }
): Looks => {
  const sample = generate({
    count: kindOf(shape) === 'images' ? inGrid : modes === undefined ? drawn : measured,
    engine
  })(spec)
  return {
    at: (state) =>
      pipe(
        TE.tryCatch(
          () => sample(state, seed),
          (cause): Issues => [issueOf('EngineFailed', ['run', 'samples'], cause)]
        ),
        TE.chain((samples) =>
          pipe(
            pictureOf(samples, { title: `${name}, step ${showCount(countAt(state.step))}`, real, modes }),
            TE.bimap(issueOfRun, (picture) => ({ scores: scoresOf(samples, modes), picture }))
          )
        )
      ),
    dispose: sample.dispose
  }
}

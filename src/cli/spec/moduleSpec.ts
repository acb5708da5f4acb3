/** Specs in modules of the user's, JavaScript or TypeScript. */
import { readFile } from 'node:fs/promises'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import { isSpec } from '../../gan/game/form.ts'
import type { Spec } from '../../gan/game/spec.ts'
import type { Origin } from '../../run/description.ts'
import { exportedSpec, hashOf } from '../../run/exportedSpec.ts'
import type { Work } from '../cli.ts'
import { attempt, cannot } from '../cli.ts'
import { loadModule } from './loadModule.ts'
import type { Settings } from './settings.ts'

/** What a module gives: its default export, or `spec`; and what else it says of its training. */
export interface ModuleSpec {
  readonly spec: Spec
  readonly origin: Origin
  /** Settings that the module's function took, and that are not to be set in the spec. */
  readonly taken: boolean
  readonly exports: Readonly<Record<string, unknown>>
}

/** Loads the spec of a module; where that is a function, it is called with the settings of the command line. */
export const moduleSpec = (file: string, settings: Settings): Work<ModuleSpec> =>
  pipe(
    attempt(() => readFile(file, 'utf8')),
    TE.bindTo('text'),
    TE.bind('exports', () => attempt(() => loadModule(file))),
    TE.mapLeft(({ message }) => cannot(`${file}: this module could not be loaded. ${message}`)),
    TE.bind('given', ({ exports }) => attempt(() => exportedSpec(exports, settings))),
    TE.chain(({ exports, text, given: { made, taken } }) =>
      isSpec(made)
        ? TE.right({
            spec: made,
            origin: { module: file, hash: hashOf(text), ...(taken ? { settings } : {}) },
            taken,
            exports
          })
        : TE.left(
            cannot(
              `${file}: expected a spec as the default export, or a function that returns one: export default pipe(Gan.between(...), ...)`
            )
          )
    )
  )

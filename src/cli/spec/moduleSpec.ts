/** Specs in modules of the user's, JavaScript or TypeScript. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import { isSpec } from '../../gan/game/form.ts'
import type { Spec } from '../../gan/game/spec.ts'
import type { Origin } from '../../run/description.ts'
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
    TE.bind('given', ({ exports }) => {
      const found = exports['default'] ?? exports['spec']
      return attempt((): unknown =>
        typeof found === 'function' ? (found as (of: Settings) => unknown)(settings) : found
      )
    }),
    TE.chain(({ exports, text, given }) =>
      isSpec(given)
        ? TE.right({
            spec: given,
            origin: {
              module: file,
              hash: createHash('sha256').update(text).digest('hex'),
              ...(typeof (exports['default'] ?? exports['spec']) === 'function' ? { settings } : {})
            },
            taken: typeof (exports['default'] ?? exports['spec']) === 'function',
            exports
          })
        : TE.left(
            cannot(
              `${file}: expected a spec as the default export, or a function that returns one: export default pipe(Gan.between(...), ...)`
            )
          )
    )
  )

import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issues } from '../../gan/check/issue.ts'
import { issue, issueOf } from '../../gan/check/issue.ts'
import { isSpec } from '../../gan/game/form.ts'
import type { Spec } from '../../gan/game/spec.ts'
import { specFromJson } from '../../gan/json/specJson.ts'
import { showValue } from '../../tensor/problem.ts'
import type { Origin } from '../description.ts'
import { exportedSpec, hashOf } from '../exportedSpec.ts'
import type { Job } from './job.ts'
import { inside } from './paths.ts'

/** Loads what a module exports: its spec is `default`, or `spec`. */
export type LoadModule = (path: string) => Promise<Readonly<Record<string, unknown>>>

/** A spec, and the module that it came from. */
export interface Found {
  readonly spec: Spec
  readonly origin?: Origin
}

const specFrom = (made: unknown, module: string): E.Either<Issues, Spec> =>
  isSpec(made)
    ? E.right(made)
    : E.left([
        issue(
          'InvalidValue',
          [module],
          'a spec, or a function of settings that gives one, as its default export',
          showValue(made),
          'export default spec'
        )
      ])

/** Makes the spec of a run: of data, or by a module that lies in the folder of modules. */
export const specOf = ({ source, settings }: Job, modules: string, load: LoadModule): TE.TaskEither<Issues, Found> => {
  if ('spec' in source)
    return pipe(
      TE.fromEither(specFromJson(JSON.stringify(source.spec))),
      TE.map((spec) => ({ spec }))
    )
  const { module } = source
  return pipe(
    inside(modules, module),
    TE.chain((path) =>
      TE.tryCatch(
        async () => {
          const { made } = exportedSpec(await load(path), settings)
          const { readFileSync } = process.getBuiltinModule('node:fs')
          return { made, origin: { module, hash: hashOf(readFileSync(path)) } }
        },
        (cause): Issues => [issueOf('NetworkFailed', [module], cause, { expected: 'a module that can be loaded', hint: 'Mend the module' })] // prettier-ignore
      )
    ),
    TE.flatMapEither(({ made, origin }) =>
      pipe(
        specFrom(made, module),
        E.map((spec): Found => ({ spec, origin }))
      )
    )
  )
}

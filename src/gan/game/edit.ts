import type { Endomorphism } from '#fp-ts/Endomorphism'
import type { Problem } from '../../tensor/problem.ts'
import { showValue } from '../../tensor/problem.ts'
import { isSpec } from './form.ts'
import type { Spec } from './spec.ts'
import { alternating } from './updates/alternating.ts'

/** Begins a spec in which nobody plays. */
export const emptySpec: Spec = {
  networks: {},
  prior: { name: 'none', shape: [], sample: (key) => key },
  loss: undefined,
  regularizers: {},
  optimizers: {},
  update: alternating(),
  average: undefined,
  projections: {},
  augmentations: {},
  labels: undefined,
  frozen: [],
  problems: []
}

/** Adds a problem to a spec. */
export const flawed = (spec: Spec, path: Problem['path'], expected: string, actual: unknown, hint: string): Spec => ({
  ...spec,
  problems: [...spec.problems, { path, expected, actual: showValue(actual), hint }]
})

/** Adds the problem that there was no spec to edit; `Gan.validate` then says nothing of what such a spec lacks. */
const lost = (given: unknown, name: string): Spec =>
  flawed(emptySpec, [], 'a spec', given, `pipe(Gan.between({ ... }), Gan.${name}(...))`)

/**
 * Makes the edit of a spec that a function `Gan.${name}` returns. Never throws: what is given in place of a spec, and
 * arguments too many, are problems of the spec that comes back.
 */
export const edit =
  (name: string, more: readonly unknown[], f: Endomorphism<Spec>): Endomorphism<Spec> =>
  (given) => {
    const edited = f(isSpec(given) ? given : lost(given, name))
    return more.length === 0 ? edited : flawed(edited, [name], 'no further argument', more[0], 'Leave it out')
  }

/** Makes an edit of what belongs to one player. */
export const editPlayer = (
  name: string,
  player: string,
  more: readonly unknown[],
  f: Endomorphism<Spec>
): Endomorphism<Spec> =>
  edit(name, more, (spec) =>
    typeof player === 'string'
      ? f(spec)
      : flawed(spec, [name], 'the name of a player first', player, `Gan.${name}('generator', ...)`)
  )

import type { Problem } from '../../tensor/problem.ts'
import { showValue } from '../../tensor/problem.ts'
import { isRecord } from '../../tensor/tree.ts'
import { isLoss } from './losses/loss.ts'
import { isObjective } from './objective.ts'
import type { Spec } from './spec.ts'

/** Tests whether x has functions of these names. */
export const does = (x: unknown, ...names: readonly string[]): boolean =>
  (typeof x === 'object' || typeof x === 'function') &&
  x !== null &&
  names.every((name) => typeof (x as Readonly<Record<string, unknown>>)[name] === 'function')

/** Tests whether x is a spec, as far as its parts go. */
export const isSpec = (x: unknown): x is Spec =>
  isRecord(x) &&
  ['networks', 'regularizers', 'optimizers', 'projections', 'augmentations'].every((part) => isRecord(x[part])) &&
  Array.isArray(x['problems']) &&
  'prior' in x &&
  'update' in x

/**
 * Says what in a spec is nothing of its kind, so that it can be neither traced nor shown: a spec that was written by hand,
 * or a copy of one that lost its functions. What the spec knows of itself is not said again.
 */
export const formProblems = (spec: unknown): readonly Problem[] => {
  const problem = (path: Problem['path'], expected: string, actual: unknown, hint: string): Problem => ({
    path,
    expected,
    actual: showValue(actual),
    hint
  })
  if (!isSpec(spec)) return [problem([], 'a spec', spec, 'Begin with Gan.between')]
  const known = spec.problems.map(({ path }) => path.join('.'))
  const wanted = (path: Problem['path'], expected: string, isSound: boolean, actual: unknown): readonly Problem[] =>
    isSound || known.includes(path.join('.'))
      ? []
      : [
          problem(
            path,
            expected,
            actual,
            isRecord(actual)
              ? 'A spec holds functions, which JSON, structuredClone and postMessage leave out: build it anew where it is used'
              : 'Gan.between and the functions Gan.with... build specs'
          )
        ]
  const each = (
    part: 'networks' | 'regularizers' | 'optimizers' | 'projections' | 'augmentations',
    expected: string,
    isSound: (x: unknown) => boolean
  ): readonly Problem[] =>
    Object.entries(spec[part]).flatMap(([player, x]) => wanted([part, player], expected, isSound(x), x))
  const objectives = (x: unknown): boolean =>
    isObjective(x) && typeof x !== 'function' && x.every(({ term }) => typeof term === 'function')
  return [
    ...wanted(['prior'], 'a prior', does(spec.prior, 'sample') && Array.isArray(spec.prior.shape), spec.prior),
    ...wanted(['update'], 'an update rule', does(spec.update, 'phases'), spec.update),
    ...wanted(['loss'], 'a loss', spec.loss === undefined || isLoss(spec.loss), spec.loss),
    ...Object.entries(isLoss(spec.loss) ? spec.loss.objectives : {}).flatMap(([player, x]) =>
      wanted(['loss', player], 'a term or an objective', objectives(x), x)
    ),
    ...each('networks', 'a network', (x) => does(x, 'init', 'apply', 'fit')),
    ...each('regularizers', 'an objective', objectives),
    ...each('optimizers', 'an optimizer', (x) => does(x, 'init', 'update') && Array.isArray((x as Spec).problems)),
    ...each('projections', 'a projection', (x) => does(x, 'apply')),
    ...each(
      'augmentations',
      'an augmentation',
      (x) => isRecord(x) && does(x['augmentation'], 'apply') && Array.isArray(x['problems'])
    )
  ]
}

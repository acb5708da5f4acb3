import type { Spec } from '../game/spec.ts'
import { checkClasses, checkLabels, checkLatents, checkLoss } from './fit.ts'
import type { Issue } from './issue.ts'
import { checkNames } from './names.ts'
import { checkPhases } from './phases.ts'
import { checkParts, checkPresence, checkWeights } from './parts.ts'

/** Lists what is wrong before anything runs: `parts` keeps the networks from being traced, `rest` does not. */
export const staticIssues = (spec: Spec): { readonly parts: readonly Issue[]; readonly rest: readonly Issue[] } => {
  const isPart = ({ path: [first, second] }: Issue): boolean =>
    first === 'networks' ||
    first === 'prior' ||
    first === 'labels' ||
    first === 'augmentations' ||
    (first === 'update' && second === undefined)
  const all = [
    ...checkParts(spec),
    ...checkNames(spec),
    ...checkPresence(spec),
    ...checkWeights(spec),
    ...checkLabels(spec),
    ...checkClasses(spec)
  ]
  const parts = all.filter(isPart)
  const sound = parts.length === 0
  return {
    parts: [...parts, ...(sound ? [...checkLatents(spec), ...checkLoss(spec)] : [])],
    rest: [...all.filter((one) => !isPart(one)), ...(sound ? checkPhases(spec) : [])]
  }
}

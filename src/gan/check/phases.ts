import * as E from '#fp-ts/Either'
import { showValue } from '../../tensor/problem.ts'
import type { Phase } from '../game/phase.ts'
import { phaseProblems } from '../game/phase.ts'
import type { Spec } from '../game/spec.ts'
import { phasesOf } from '../game/spec.ts'
import { variantAt } from '../game/updates/rule.ts'
import type { Issue } from './issue.ts'
import { issue, issueOfProblem, warning } from './issue.ts'
import { unknownPlayer } from './names.ts'
import { attempt } from './trace.ts'

/** Returns the phases of the update rule, or what is wrong with them: a rule may be anybody's. */
const soundPhases = (spec: Spec): E.Either<readonly Issue[], readonly Phase[]> => {
  const wrong = (actual: string): E.Either<readonly Issue[], never> =>
    E.left([
      issue('InvalidValue', ['update'], 'a rule of at least one phase', actual, 'Update.phase(players, run) makes one')
    ])
  const found = attempt('TermFailed', ['update'], () => phasesOf(spec) as unknown)
  if (E.isLeft(found)) return E.left([found.left.issue])
  const phases = found.right
  if (!Array.isArray(phases) || phases.length === 0) return wrong(Array.isArray(phases) ? 'none' : showValue(phases))
  const flaws = phases.flatMap((phase, i) =>
    phaseProblems(phase).map((problem) => issueOfProblem('InvalidValue', ['update', i], problem))
  )
  return flaws.length > 0 ? E.left(flaws) : E.right(phases as readonly Phase[])
}

/** Cycles whose rules are asked for before anything runs; what is wrong with a later one is told when it comes. */
const asked = 1000

/** Finds what is wrong with the first rule, among those that cycles go by, that cannot be had. */
const variantIssues = ({ update }: Spec): readonly Issue[] => {
  if (update.at === undefined) return []
  const found = attempt('TermFailed', ['update'], () => {
    for (let cycle = 0; cycle < asked; cycle++) {
      const variant = variantAt(update, cycle)
      if (E.isLeft(variant)) return variant.left
    }
    return []
  })
  return E.isLeft(found)
    ? [found.left.issue]
    : found.right.map((problem) => issueOfProblem('InvalidValue', ['update'], problem))
}

/** Checks that the players whom the phases of the update move are there, and warns of those whom none moves. */
export const checkPhases = (spec: Spec): readonly Issue[] => {
  if ((spec.update.problems ?? []).length > 0) return []
  const varying = variantIssues(spec)
  if (varying.length > 0) return varying
  const phases = soundPhases(spec)
  if (E.isLeft(phases)) return phases.left
  const known = Object.keys(spec.networks)
  const moving = new Set(phases.right.flatMap(({ players }) => players))
  const named = new Set([...moving, ...phases.right.flatMap(({ evaluates }) => evaluates)])
  return [
    ...[...named]
      .filter((player) => !known.includes(player))
      .map((player) => unknownPlayer(['update', player], player, known)),
    ...known
      .filter((player) => !moving.has(player))
      .map((player) =>
        warning(
          issue(
            'NoGradient',
            ['update', player],
            `phases that move ${player}`,
            'none that does',
            'It stays as it began'
          )
        )
      )
  ]
}

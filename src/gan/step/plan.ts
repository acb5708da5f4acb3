import * as E from '#fp-ts/Either'
import * as RA from '#fp-ts/ReadonlyArray'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import type { Aval } from '../../tensor/tensor.ts'
import type { Issues } from '../check/issue.ts'
import { issue, issueOf, issueOfProblem } from '../check/issue.ts'
import type { TracedSpec } from '../check/validate.ts'
import { labelsAval } from '../game/labels.ts'
import type { Spec } from '../game/spec.ts'
import { phasesOf } from '../game/spec.ts'
import { variantAt } from '../game/updates/rule.ts'
import type { InitialMemories, State } from './state.ts'
import { initialShapes } from './state.ts'

/** Says what a minibatch of a phase is for. */
export interface PlannedEvaluation {
  /** Whether some term that is evaluated on it reads data. */
  readonly usesReal: boolean
  /** Random values beside it, by name. */
  readonly draws: Readonly<Record<string, Aval>>
}

/** Says what the cycles that go by one rule are fed. */
export interface CyclePlan {
  /** Cycles of equal keys have the same plan. */
  readonly key: string
  /** The spec with the rule by which they go. */
  readonly spec: Spec
  /** What each minibatch of each phase is for, in the order in which they are used. */
  readonly evaluations: readonly PlannedEvaluation[]
}

/** Says what steps are fed, what their terms remember, and which shapes data and state have. */
export interface StepPlan {
  /** Of one minibatch, [B, ...]. */
  readonly real: Aval
  /** Plans a cycle, counted from 0. Left: the update rule has none for it. */
  readonly at: (cycle: number) => E.Either<Issues, CyclePlan>
  readonly memories: InitialMemories
  /** Shapes of the state: its tensors have no numbers. */
  readonly state: State
}

/** Counts the minibatches that a cycle takes. */
export const batchesIn = ({ evaluations }: CyclePlan): number => evaluations.filter(({ usesReal }) => usesReal).length

const joined = <A>(records: readonly Readonly<Record<string, A>>[]): Readonly<Record<string, A>> =>
  Object.fromEntries(records.flatMap((record) => Object.entries(record)))

/** Returns the spec with the rule by which a cycle goes, and what its phases have in common with those of other cycles. */
const specAt = (spec: Spec, cycle: number): E.Either<Issues, Pick<CyclePlan, 'key' | 'spec'>> => {
  try {
    const variant = variantAt(spec.update, cycle)
    if (E.isRight(variant)) return E.right({ key: variant.right.key, spec: { ...spec, update: variant.right.rule } })
    const issues = variant.left.map((problem) => issueOfProblem('InvalidValue', ['update'], problem))
    const none = issue('InvalidValue', ['update'], `a rule for cycle ${String(cycle)}`, 'none', 'Mend at(cycle)')
    return E.left(RA.isNonEmpty(issues) ? issues : [none])
  } catch (cause) {
    return E.left(RNEA.of(issueOf('TermFailed', ['update'], cause)))
  }
}

/** Puts together, phase by phase, what the terms that it evaluates were seen to read and to draw. */
export const planOf = (spec: Spec, { minibatch, terms }: TracedSpec, batchSize: number): StepPlan => {
  const { labels } = spec
  const areDrawn = labels !== undefined && labels.fakes !== 'data'
  const common = { latent: minibatch.latent, ...(areDrawn ? { fakeLabels: labelsAval(labels, batchSize) } : {}) }
  const memories: InitialMemories = Object.fromEntries(
    Object.keys(spec.networks).map((player) => [
      player,
      joined(terms.filter((term) => term.player === player).map(({ recalls }) => recalls))
    ])
  )
  const evaluationsOf = (of: Spec): readonly PlannedEvaluation[] =>
    phasesOf(of).flatMap(({ evaluates, minibatches }) => {
      const own = terms.filter(({ player }) => evaluates.includes(player))
      const evaluation = {
        usesReal: own.some(({ readsReal }) => readsReal) || labels?.fakes === 'data',
        draws: joined([common, ...own.map(({ draws }) => draws)])
      }
      return Array.from({ length: minibatches }, () => evaluation)
    })
  const plans = new Map<string, CyclePlan>()
  const planned = (at: Pick<CyclePlan, 'key' | 'spec'>): CyclePlan => {
    const plan = plans.get(at.key) ?? { ...at, evaluations: evaluationsOf(at.spec) }
    plans.set(at.key, plan)
    return plan
  }
  const always = spec.update.at === undefined ? E.right(planned({ key: '', spec })) : undefined
  return {
    real: minibatch.fake,
    at: (cycle) => always ?? E.map(planned)(specAt(spec, cycle)),
    memories,
    state: initialShapes(spec, memories)
  }
}

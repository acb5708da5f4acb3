import * as E from '#fp-ts/Either'
import * as RA from '#fp-ts/ReadonlyArray'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import { pipe } from '#fp-ts/function'
import type { Aval } from '../../tensor/tensor.ts'
import type { Issues } from '../check/issue.ts'
import { issue, issueOf, issueOfProblem } from '../check/issue.ts'
import { checkSizes } from '../check/sizes.ts'
import type { TracedSpec } from '../check/validate.ts'
import type { BatchSize } from '../game/batchSize.ts'
import { sizeOf } from '../game/batchSize.ts'
import { labelsAval } from '../game/labels.ts'
import type { Spec } from '../game/spec.ts'
import { phasesOf } from '../game/spec.ts'
import { variantAt } from '../game/updates/rule.ts'
import type { InitialMemories, State } from './state.ts'
import { initialShapes } from './state.ts'

/** Says what a minibatch of a phase is for. */
export interface PlannedEvaluation {
  /** Of the data, [B, ...]. */
  readonly real: Aval
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

/** Says what steps are fed, what their terms remember, and which shapes the state has. */
export interface StepPlan {
  /** Plans a cycle, counted from 0. Left: the update rule has none for it, or one that the batch sizes do not suit. */
  readonly at: (cycle: number) => E.Either<Issues, CyclePlan>
  readonly memories: InitialMemories
  /** Shapes of the state: its tensors have no numbers. */
  readonly state: State
}

const joined = <A>(records: readonly Readonly<Record<string, A>>[]): Readonly<Record<string, A>> =>
  Object.fromEntries(records.flatMap((record) => Object.entries(record)))

/** Returns the spec with the rule by which a cycle goes, and the key of that rule. */
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

/**
 * Puts together, phase by phase, what the terms that it evaluates were seen to read and to draw. `traced` has what tracing
 * on minibatches of each size showed.
 */
export const planOf = (
  spec: Spec,
  traced: readonly (readonly [size: number, traced: TracedSpec])[],
  batchSize: BatchSize
): StepPlan => {
  const { labels } = spec
  const areDrawn = labels !== undefined && labels.fakes !== 'data'
  const bySize = new Map(traced)
  // What terms remember does not depend on the size of their minibatches.
  const terms = traced[0]?.[1].terms ?? []
  const memories: InitialMemories = Object.fromEntries(
    Object.keys(spec.networks).map((player) => [
      player,
      joined(terms.filter((term) => term.player === player).map(({ recalls }) => recalls))
    ])
  )
  const evaluationsOf = (of: Spec): readonly PlannedEvaluation[] =>
    phasesOf(of).flatMap((phase) => {
      const size = sizeOf(batchSize, phase)
      const at = bySize.get(size)
      if (at === undefined) return []
      const own = at.terms.filter(({ player }) => phase.evaluates.includes(player))
      const fakeLabels = areDrawn ? { fakeLabels: labelsAval(labels, size) } : {}
      const evaluation = {
        real: at.minibatch.fake,
        usesReal: own.some(({ readsReal }) => readsReal) || labels?.fakes === 'data',
        draws: joined([{ latent: at.minibatch.latent, ...fakeLabels }, ...own.map(({ draws }) => draws)])
      }
      return Array.from({ length: phase.minibatches }, () => evaluation)
    })
  const plans = new Map<string, E.Either<Issues, CyclePlan>>()
  const planned = (at: Pick<CyclePlan, 'key' | 'spec'>): E.Either<Issues, CyclePlan> => {
    const known = plans.get(at.key)
    if (known !== undefined) return known
    const misfits = checkSizes(at.spec, batchSize)
    const plan = RA.isNonEmpty(misfits) ? E.left(misfits) : E.right({ ...at, evaluations: evaluationsOf(at.spec) })
    plans.set(at.key, plan)
    return plan
  }
  const always = spec.update.at === undefined ? planned({ key: '', spec }) : undefined
  return {
    at: (cycle) => always ?? pipe(specAt(spec, cycle), E.chain(planned)),
    memories,
    state: initialShapes(spec, memories)
  }
}

import * as E from '#fp-ts/Either'
import * as RA from '#fp-ts/ReadonlyArray'
import type { Aval } from '../../tensor/tensor.ts'
import { blank } from '../../tensor/tensor.ts'
import type { Example } from './examine.ts'
import {
  blankLabels,
  examineCritic,
  examineEntries,
  examineGenerator,
  examineInitials,
  examineUpdates
} from './examine.ts'
import type { Issue, Issues } from './issue.ts'
import { issue, issueOf } from './issue.ts'
import type { StepPlan } from '../step/plan.ts'
import { planOf } from '../step/plan.ts'
import type { Sampler } from '../step/sampler.ts'
import { examineSampler } from '../step/sampler.ts'
import type { Spec } from '../game/spec.ts'
import { objectiveOf } from '../game/spec.ts'
import type { State } from '../step/state.ts'
import { initialShapes } from '../step/state.ts'
import { checkCoupling, checkSamples, staticIssues } from './staticChecks.ts'

/** A spec that will compile: with its plan, and with warnings. */
export interface Examined {
  readonly plan: StepPlan
  readonly warnings: readonly Issue[]
}

/** Players with parameters and layer states; what optimizers and averages would fail at does not matter here. */
const stateWithoutOptimizers = (spec: Spec): State => initialShapes({ ...spec, optimizers: {}, average: undefined }, {})

const isFailure = ({ _tag }: Issue): boolean => _tag === 'TermFailed'

/** Terms and networks against one another. A misfit of the networks explains the terms that fail by it. */
const examineTerms = (spec: Spec, stage: Example, batchSize: number): readonly Issue[] => {
  const entries = examineEntries(spec, stage, batchSize)
  const failed = entries.some(({ failed }) => failed)
  const told = checkSamples(spec)
  const misfit = told.length > 0 ? told : examineCritic(spec, stage)
  // A loss may show the discriminator something else than samples (pairs, packs); then all is well if its terms are.
  const matters = failed || (objectiveOf(spec, 'discriminator').length === 0 && told.length > 0)
  const causes = matters ? misfit : []
  const shown = entries.flatMap(({ issues }) => issues).filter((one) => !(isFailure(one) && explains(causes, one)))
  const unread =
    spec.labels !== undefined && !failed && entries.length > 0 && !entries.some(({ readsLabels }) => readsLabels)
      ? [
          issue(
            'NoGradient',
            ['labels'],
            'a network or a term that takes labels',
            'none that does: they would change nothing',
            'Put a conditional layer into the networks, or leave Gan.withLabels out'
          )
        ]
      : []
  return [...causes, ...shown, ...unread]
}

/** Whether a term failed because of what is told already: where D refuses the generator's samples, no shapes fit in its terms. */
const explains = (causes: readonly Issue[], { actual, expected }: Issue): boolean =>
  causes.some((cause) => cause.expected === expected) || (causes.length > 0 && actual.includes('(ShapeMisfit in'))

const examineRunning = (
  spec: Spec,
  batchSize: number,
  sampler: Sampler | undefined
): { readonly issues: readonly Issue[]; readonly stage: Example | undefined } => {
  const initials = examineInitials(spec)
  if (initials.length > 0) return { issues: [...initials, ...checkSamples(spec)], stage: undefined }
  const state = stateWithoutOptimizers(spec)
  const updates = examineUpdates(spec, state)
  const made = examineGenerator(spec, state, batchSize)
  if (E.isLeft(made)) return { issues: [made.left, ...checkSamples(spec), ...updates], stage: undefined }
  const fake: Aval = made.right
  const stage: Example = { state, real: blank(fake), labels: blankLabels(spec, batchSize) }
  const sampled = sampler === undefined ? [] : examineSampler(spec, state, sampler, fake)
  return { issues: [...examineTerms(spec, stage, batchSize), ...updates, ...sampled], stage }
}

const examineAll = (
  spec: Spec,
  batchSize: number,
  sampler: Sampler | undefined,
  others: readonly Issue[]
): E.Either<readonly Issue[], Examined> => {
  const { parts, rest } = staticIssues(spec)
  const found = [...parts, ...rest, ...others]
  const size = Number.isInteger(batchSize) && batchSize >= 1 ? batchSize : 4
  const { issues, stage } =
    parts.length > 0 ? { issues: checkSamples(spec), stage: undefined } : examineRunning(spec, size, sampler)
  const all = [...found, ...issues, ...checkCoupling(spec)]
  if (stage === undefined || all.some(({ severity }) => severity === 'error')) return E.left(all)
  const state = initialShapes(spec, {})
  const plan = planOf(spec, { ...stage, state }, size)
  return E.isLeft(plan) ? E.left([...all, ...plan.left]) : E.right({ plan: plan.right, warnings: all })
}

/**
 * All problems of a spec at once: those that show as it stands, and those that tracing its parts shows, as far as they are
 * sound enough to be traced. `others` are problems that the caller has found. Never throws.
 */
export const examineSpec = (
  spec: Spec,
  batchSize: number,
  { sampler, others = [] }: { readonly sampler?: Sampler | undefined; readonly others?: readonly Issue[] } = {}
): E.Either<Issues, Examined> => {
  const examined = E.tryCatch(
    () => examineAll(spec, batchSize, sampler, others),
    (cause): readonly Issue[] => [...others, issueOf('TermFailed', [], cause)]
  )
  const result = E.isLeft(examined) ? examined : examined.right
  if (E.isRight(result)) return result
  return E.left(
    RA.isNonEmpty(result.left)
      ? result.left
      : [issue('InvalidValue', [], 'a valid spec', 'one that cannot be traced', 'Begin with Gan.between')]
  )
}

/**
 * All problems of a spec at once, or the spec. Synchronous; networks are initialized and every term is traced (on a
 * minibatch of 4), nothing is trained. Never throws.
 *
 * @example
 * import { Gan, Net, Prior, E } from 'saddlepoint'
 * const spec = Gan.between({ generator: Net.dense(8, 3), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) })
 * const checked = Gan.validate(spec)
 * E.isLeft(checked) && checked.left.map(({ path }) => path.join('.'))
 * // => ['loss', 'optimizers.generator', 'optimizers.discriminator', 'networks.discriminator']
 */
export const validate = (spec: Spec): E.Either<Issues, Spec> => {
  const examined = examineSpec(spec, 4)
  return E.isLeft(examined) ? examined : E.right(spec)
}

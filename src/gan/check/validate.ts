import * as E from '#fp-ts/Either'
import * as RA from '#fp-ts/ReadonlyArray'
import { isSaddlepointError } from '../../tensor/error.ts'
import type { None } from '../../tensor/arguments.ts'
import { count, readOptions } from '../../tensor/options.ts'
import { blank } from '../../tensor/tensor.ts'
import { formProblems, isSpec } from '../game/form.ts'
import type { Spec } from '../game/spec.ts'
import { objectiveOf } from '../game/spec.ts'
import { checkCoupling, checkSamples } from './fit.ts'
import type { Issue, Issues } from './issue.ts'
import { issue, issueOf, issueOfProblem, show } from './issue.ts'
import type { Made } from './networks.ts'
import { blankKey, blankLabels, blankStep, examineCritic, examineGenerator, examineInitials } from './networks.ts'
import { sampleSizeFor } from './sampleSize.ts'
import { staticIssues } from './static.ts'
import type { ExaminedTerm } from './terms.ts'
import { examineTerms } from './terms.ts'
import type { Example, Failure } from './trace.ts'
import { isSameError } from './trace.ts'
import { examineRule, examineUpdates } from './updates.ts'

/** Holds what was found by tracing the parts of a spec: shapes of minibatches, and what the terms read. */
export interface TracedSpec {
  readonly minibatch: Made
  readonly terms: readonly ExaminedTerm[]
}

/** Lists all problems of a spec, warnings among them; `traced` is there where networks and prior could be traced. */
export interface Examined {
  readonly issues: readonly Issue[]
  readonly traced: TracedSpec | undefined
}

/** Lists what is wrong between the networks. `thrown` is what the discriminator threw, if that is how it was found. */
interface Misfit {
  readonly issues: readonly Issue[]
  readonly thrown: Failure | undefined
}

const misfitOf = (spec: Spec, example: Example): Misfit => {
  const declared = checkSamples(spec)
  const thrown = declared.length > 0 ? undefined : examineCritic(spec, example)
  return { issues: thrown === undefined ? declared : [thrown.issue], thrown }
}

/**
 * Tests whether a misfit between the networks explains why a term failed: the term threw the same error as the
 * discriminator, or, where descriptions showed it before, a misfit of shapes.
 */
const isExplained = ({ issues, thrown }: Misfit, { cause }: Failure): boolean =>
  issues.length > 0 &&
  (thrown === undefined ? isSaddlepointError(cause) && cause._tag === 'ShapeMisfit' : isSameError(cause, thrown.cause))

const unreadLabels: Issue = issue(
  'NoGradient',
  ['labels'],
  'a network or a term that takes labels',
  'none that does: they would change nothing',
  'Put a conditional layer into the networks, or leave Gan.withLabels out'
)

/** Keeps the first of those issues that are the same. */
const distinct = (issues: readonly Issue[]): readonly Issue[] => {
  const texts = issues.map((one) => show([one]))
  return issues.filter((_, i) => texts.indexOf(texts[i] ?? '') === i)
}

/**
 * Finds what is wrong with the terms, given the networks. A loss may show the discriminator something else than samples
 * (pairs, packs), so a misfit of these is one if terms fail by it, which are then not told, or if there are no terms and
 * the descriptions show it.
 */
const termIssues = (spec: Spec, example: Example, terms: readonly ExaminedTerm[]): readonly Issue[] => {
  const misfit = misfitOf(spec, example)
  const failures = terms.flatMap(({ failure }) => failure ?? [])
  const explained = failures.filter((failure) => isExplained(misfit, failure))
  const matters =
    explained.length > 0 || (objectiveOf(spec, 'discriminator').length === 0 && misfit.thrown === undefined)
  const shown = terms.flatMap(({ failure, issues, warnings }) => [
    ...(failure === undefined || explained.includes(failure) ? [] : [failure.issue]),
    ...issues,
    ...warnings
  ])
  const isUnread =
    spec.labels !== undefined &&
    failures.length === 0 &&
    terms.length > 0 &&
    !terms.some(({ readsLabels }) => readsLabels)
  return distinct([...(matters ? misfit.issues : []), ...shown, ...(isUnread ? [unreadLabels] : [])])
}

/** Traces the parts of a spec whose description is sound. */
const examineParts = (spec: Spec, batchSize: number): Examined => {
  const players = examineInitials(spec)
  if (E.isLeft(players)) return { issues: [...players.left, ...checkSamples(spec)], traced: undefined }
  const updates = examineUpdates(spec, players.right)
  const made = examineGenerator(spec, players.right, batchSize)
  if (E.isLeft(made)) return { issues: [made.left, ...checkSamples(spec), ...updates], traced: undefined }
  const example: Example = {
    players: players.right,
    key: blankKey,
    step: blankStep,
    real: blank(made.right.fake),
    labels: blankLabels(spec, batchSize)
  }
  const terms = examineTerms(spec, example, batchSize)
  return { issues: [...termIssues(spec, example, terms), ...updates], traced: { minibatch: made.right, terms } }
}

/** Finds all problems of a spec. What throws is left to the caller. */
const examineAll = (spec: Spec, batchSize: number | undefined, others: readonly Issue[]): Examined => {
  const form = formProblems(spec).map((problem) => issueOfProblem('InvalidValue', [], problem))
  const known = isSpec(spec) ? spec.problems.map((problem) => issueOfProblem('InvalidValue', [], problem)) : []
  // What is no spec lacks everything else, too.
  if (form.length > 0 || known.some(({ path }) => path.length === 0))
    return { issues: [...known, ...form, ...others], traced: undefined }
  const { parts, rest } = staticIssues(spec)
  const isSized = count.accepts(batchSize)
  const { issues, traced } =
    parts.length > 0
      ? { issues: checkSamples(spec), traced: undefined }
      : examineParts(spec, isSized ? Number(batchSize) : sampleSizeFor(spec))
  return { issues: [...parts, ...rest, ...others, ...issues, ...checkCoupling(spec)], traced }
}

/**
 * Finds all problems of a spec at once: those that show as it stands, and those that tracing its parts shows, as far as
 * they are sound enough to be traced, on a minibatch of that size. Shapes alone are computed. `others` are problems that
 * the caller has found. Never throws.
 */
export const examine = (spec: Spec, batchSize?: number, others: readonly Issue[] = []): Examined => {
  const examined = E.tryCatch(
    () => examineAll(spec, batchSize, others),
    (cause): Examined => ({ issues: [...others, issueOf('TermFailed', [], cause)], traced: undefined })
  )
  return E.isLeft(examined) ? examined.left : examined.right
}

/** Returns what was found by tracing a spec, or all issues if one is an error or the spec could not be traced. */
export const tracedOrIssues = ({ issues, traced }: Examined): E.Either<Issues, TracedSpec> => {
  if (traced !== undefined && issues.every(({ severity }) => severity !== 'error')) return E.right(traced)
  return E.left(
    RA.isNonEmpty(issues)
      ? issues
      : [issue('InvalidValue', [], 'a valid spec', 'one that cannot be traced', 'Begin with Gan.between')]
  )
}

/**
 * Returns the spec, or all its problems at once, warnings among them. A spec with warnings alone is valid: they are in
 * `warnings` of the compiled step. Synchronous: networks, terms and the update rule are traced for their shapes (on a
 * minibatch of 4), no
 * number is computed and nothing is trained. Never throws.
 *
 * @example
 * import { Gan, Net, Prior, E } from 'saddlepoint'
 * const spec = Gan.between({ generator: Net.dense(8, 3), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) })
 * const checked = Gan.validate(spec)
 * E.isLeft(checked) && checked.left.map(({ path }) => path.join('.'))
 * // => ['loss', 'optimizers.generator', 'optimizers.discriminator', 'networks.discriminator']
 */
export const validate = (spec: Spec, ...more: None): E.Either<Issues, Spec> => {
  const surplus = readOptions({}, {}, {}, {}, more).problems
  const others = surplus.map((problem) => issueOfProblem('InvalidValue', ['validate'], problem))
  const examined = tracedOrIssues(examine(spec, undefined, others))
  if (E.isLeft(examined)) return examined
  const { minibatch, terms } = examined.right
  const recalled = (player: string): readonly string[] =>
    terms.filter((term) => term.player === player).flatMap(({ recalls }) => Object.keys(recalls))
  const recalls = Object.fromEntries(Object.keys(spec.networks).map((player) => [player, recalled(player)]))
  // Compiling a step traces its rule in any case.
  const rule = examineRule(spec, minibatch.fake, recalls)
  return RA.isNonEmpty(rule) ? E.left(rule) : E.right(spec)
}

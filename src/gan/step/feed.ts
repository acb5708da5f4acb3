import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import { pipe } from '#fp-ts/function'
import { blank } from '../../tensor/tensor.ts'
import type { Issue, Issues } from '../check/issue.ts'
import { issue, issueOf } from '../check/issue.ts'
import { labelsAval } from '../game/labels.ts'
import type { Spec } from '../game/spec.ts'
import type { Batch, Draws } from './batch.ts'
import { checkBatch, checkDraws } from './batch.ts'
import type { CompileOptions } from './compileOptions.ts'
import type { StepPlan } from './plan.ts'
import { batchesPerStep } from './plan.ts'

/** Holds what a step is fed besides its state. */
export interface Feed {
  readonly batches: readonly Batch[]
  readonly draws: readonly Draws[]
}

/** Checks what a step is given, which may be anything, against what it takes: lists, or what stands for a list of one. */
export type FeedReader = (batches: unknown, draws: unknown) => E.Either<Issues, Feed>

const listed = (given: unknown): readonly unknown[] =>
  given === undefined ? [] : Array.isArray(given) ? given : [given]

/** Counts the minibatches that a step is given: none where a sampler draws them. */
export const batchesGiven = (plan: StepPlan, { sampler }: CompileOptions): number =>
  sampler === undefined ? batchesPerStep(plan) : 0

/** Makes a feed without numbers, whose shapes are those that a step is compiled for. */
export const blankFeed = (spec: Spec, plan: StepPlan, options: CompileOptions): Feed => {
  const real = blank(plan.real)
  const labels = spec.labels === undefined ? {} : { labels: blank(labelsAval(spec.labels, options.batchSize)) }
  const draws = plan.evaluations.map((evaluation) =>
    Object.fromEntries(Object.entries(evaluation.draws).map(([name, aval]) => [name, blank(aval)]))
  )
  return {
    batches: Array.from({ length: batchesGiven(plan, options) }, () => ({ real, ...labels })),
    draws: options.givenDraws === true ? draws : []
  }
}

/** Makes the reader of minibatches and draws as they are given for one step. */
export const feedReader = (spec: Spec, plan: StepPlan, options: CompileOptions): FeedReader => {
  const form = { shape: plan.real.shape, labels: spec.labels }
  const count = batchesGiven(plan, options)
  const drawn = options.givenDraws === true ? plan.evaluations.map(({ draws }) => draws) : []
  const miscounted = (actual: number): Issues =>
    RNEA.of(
      issue(
        'BadBatch',
        ['batches'],
        `${String(count)} minibatches a step`,
        String(actual),
        count === 0
          ? 'A sampler draws them'
          : 'One for each evaluation of the update rule that sees data: a phase has one, or as many as it says'
      )
    )
  const first = (one: Issue): Issues => RNEA.of(one)
  const read: FeedReader = (batches, draws) =>
    pipe(
      E.traverseArray((batch: unknown) => checkBatch(batch, form))(listed(batches)),
      E.mapLeft(first),
      E.chain((checked) =>
        checked.length === count
          ? pipe(
              checkDraws(listed(draws), drawn),
              E.bimap(first, (given) => ({ batches: checked, draws: given }))
            )
          : E.left(miscounted(checked.length))
      )
    )
  return (batches, draws) =>
    pipe(
      E.tryCatch(
        () => read(batches, draws),
        (cause) => first(issueOf('DataFailed', ['batches'], cause))
      ),
      E.flatten
    )
}

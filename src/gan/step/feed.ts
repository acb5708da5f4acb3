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
import type { CyclePlan, StepPlan } from './plan.ts'
import { batchesIn } from './plan.ts'

/** Holds what a step is fed besides its state. */
export interface Feed {
  readonly batches: readonly Batch[]
  readonly draws: readonly Draws[]
}

/**
 * Checks what the step of a cycle is given, which may be anything, against what it takes: lists, or what stands for a list
 * of one.
 */
export type FeedReader = (cycle: number, batches: unknown, draws: unknown) => E.Either<Issues, Feed>

const listed = (given: unknown): readonly unknown[] =>
  given === undefined ? [] : Array.isArray(given) ? given : [given]

/** Counts the minibatches that a cycle is given: none where a sampler draws them. */
const batchesGiven = (plan: CyclePlan, { sampler }: CompileOptions): number =>
  sampler === undefined ? batchesIn(plan) : 0

/** Makes the function that counts the minibatches of a cycle: none where the rule has no phases for it, as running it tells. */
export const batchCounter =
  (plan: StepPlan, options: CompileOptions) =>
  (cycle: number): number =>
    pipe(
      plan.at(cycle),
      E.match(
        () => 0,
        (of) => batchesGiven(of, options)
      )
    )

/** Makes a feed without numbers, whose shapes are those that the step of a cycle is compiled for. */
export const blankFeed = (spec: Spec, plan: StepPlan, options: CompileOptions, of: CyclePlan): Feed => {
  const real = blank(plan.real)
  const labels = spec.labels === undefined ? {} : { labels: blank(labelsAval(spec.labels, options.batchSize)) }
  const draws = of.evaluations.map((evaluation) =>
    Object.fromEntries(Object.entries(evaluation.draws).map(([name, aval]) => [name, blank(aval)]))
  )
  return {
    batches: Array.from({ length: batchesGiven(of, options) }, () => ({ real, ...labels })),
    draws: options.givenDraws === true ? draws : []
  }
}

/** Makes the reader of minibatches and draws as they are given for one step. */
export const feedReader = (spec: Spec, plan: StepPlan, options: CompileOptions): FeedReader => {
  const form = { shape: plan.real.shape, labels: spec.labels }
  const miscounted = (count: number, actual: number): Issues =>
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
  const read = (of: CyclePlan, batches: unknown, draws: unknown): E.Either<Issues, Feed> => {
    const count = batchesGiven(of, options)
    const drawn = options.givenDraws === true ? of.evaluations.map((evaluation) => evaluation.draws) : []
    return pipe(
      E.traverseArray((batch: unknown) => checkBatch(batch, form))(listed(batches)),
      E.mapLeft(first),
      E.chain((checked) =>
        checked.length === count
          ? pipe(
              checkDraws(listed(draws), drawn),
              E.bimap(first, (given) => ({ batches: checked, draws: given }))
            )
          : E.left(miscounted(count, checked.length))
      )
    )
  }
  return (cycle, batches, draws) =>
    pipe(
      plan.at(cycle),
      E.chain((of) =>
        pipe(
          E.tryCatch(
            () => read(of, batches, draws),
            (cause) => first(issueOf('DataFailed', ['batches'], cause))
          ),
          E.flatten
        )
      )
    )
}

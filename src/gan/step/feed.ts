import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import { pipe } from '#fp-ts/function'
import { blank } from '../../tensor/tensor.ts'
import type { Issue, Issues } from '../check/issue.ts'
import { issue, issueOf } from '../check/issue.ts'
import { labelsAval } from '../game/labels.ts'
import type { Batch, BatchForm, Draws } from './batch.ts'
import { checkBatch, checkDraws, formsOf } from './batch.ts'
import type { CompileOptions } from './compileOptions.ts'
import type { CyclePlan, StepPlan } from './plan.ts'

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

/** Lists the forms of the minibatches that a cycle is given, in order: none where a sampler draws them. */
const formsGiven = ({ spec, evaluations }: CyclePlan, { sampler }: CompileOptions): readonly BatchForm[] =>
  sampler === undefined
    ? formsOf(
        evaluations.filter(({ usesReal }) => usesReal).map(({ real }) => real.shape),
        spec.labels
      )
    : []

/** Lists the forms of the minibatches of a cycle: none where the rule has no phases for it, as running it tells. */
export const formsAt = (plan: StepPlan, options: CompileOptions, cycle: number): readonly BatchForm[] =>
  pipe(
    plan.at(cycle),
    E.match(
      () => [],
      (of) => formsGiven(of, options)
    )
  )

/** Makes a feed without numbers, whose shapes are those that the step of such cycles is compiled for. */
export const blankFeed = (of: CyclePlan, options: CompileOptions): Feed => ({
  batches: formsGiven(of, options).map(({ shape, labels }) => ({
    real: blank({ shape, dtype: 'float32' }),
    ...(labels === undefined ? {} : { labels: blank(labelsAval(labels, shape[0] ?? 0)) })
  })),
  draws:
    options.givenDraws === true
      ? of.evaluations.map(({ draws }) =>
          Object.fromEntries(Object.entries(draws).map(([name, aval]) => [name, blank(aval)]))
        )
      : []
})

/** Makes the reader of minibatches and draws as they are given for one step. */
export const feedReader = (plan: StepPlan, options: CompileOptions): FeedReader => {
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
    const forms = formsGiven(of, options)
    const anyForm = { shape: of.evaluations[0]?.real.shape ?? [], labels: of.spec.labels }
    const drawn = options.givenDraws === true ? of.evaluations.map((evaluation) => evaluation.draws) : []
    return pipe(
      E.traverseArrayWithIndex((i, batch: unknown) => checkBatch(batch, forms[i] ?? forms[0] ?? anyForm))(
        listed(batches)
      ),
      E.mapLeft(first),
      E.chain((checked) =>
        checked.length === forms.length
          ? pipe(
              checkDraws(listed(draws), drawn),
              E.bimap(first, (given) => ({ batches: checked, draws: given }))
            )
          : E.left(miscounted(forms.length, checked.length))
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

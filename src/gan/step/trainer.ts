import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { Rules } from '../../tensor/options.ts'
import { anyFunction, countOrZero, optional, readOptions } from '../../tensor/options.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Errors, Portion, Source } from '../../transform/residentLoop.ts'
import { copyTree } from '../../transform/form.ts'
import { residentLoop } from '../../transform/residentLoop.ts'
import type { Batch, Draws } from './batch.ts'
import type { Metrics } from './metrics.ts'
import type { Issues } from '../check/issue.ts'
import { faultIssues, issue, issueOf, readIssues } from '../check/issue.ts'
import type { State } from './state.ts'
import { countAt } from './state.ts'
import type { Feed, FeedReader } from './feed.ts'
import type { StepVariants } from './variants.ts'

/** Lists what `advance` takes: minibatches where no sampler draws them, draws where the step was compiled with `givenDraws`. */
export interface AdvanceOptions {
  /** Gives the minibatches of the i-th step of this call, a few steps ahead of their use; they are copied. */
  readonly batches?: (step: number) => Tensor | Batch | readonly (Tensor | Batch)[]
  readonly draws?: (step: number) => readonly Draws[]
  /** Sees the metrics of the i-th step of this call. An error thrown here ends the call after the steps under way. */
  readonly onStep?: (step: number, metrics: Metrics) => void
}

/** Advances a state that lives in an engine, in place. Calls wait for one another; none rejects. */
export interface Trainer {
  /**
   * Does `steps` cycles. Left: why it stopped; the state is then that of the steps done before, unless the engine itself
   * failed.
   */
  readonly advance: (steps: number, options?: AdvanceOptions) => TE.TaskEither<Issues, void>
  /** Returns a copy of the state as it is. */
  readonly snapshot: () => TE.TaskEither<Issues, State>
  /** Frees the engine's memory once the calls under way are done; later calls answer with an Issue. */
  readonly dispose: () => void
}

const rules: Rules = {
  steps: countOrZero,
  batches: optional(anyFunction),
  draws: optional(anyFunction),
  onStep: optional(anyFunction)
}

/** Feeds are asked for, and checked, this many steps ahead. */
const ahead = 32

const errors: Errors<Issues> = {
  ofFault: faultIssues,
  ofThrown: (cause, by) =>
    RNEA.of(
      by === 'onStep' ? issueOf('CallbackFailed', ['onStep'], cause) : issueOf('EngineFailed', ['engine'], cause)
    ),
  disposed: () =>
    RNEA.of(
      issue(
        'EngineFailed',
        ['trainer'],
        'a trainer in use',
        'one that was disposed of',
        'Make another: step.trainer(state)'
      )
    )
}

/**
 * Feeds a call of that many steps. Where nothing is given, one feed serves all; else each portion has as many as are
 * right, and then what is wrong with the next.
 */
const sourceOf = (steps: number, { batches, draws }: AdvanceOptions, read: FeedReader): Source<Feed, Issues> => {
  const isFed = batches !== undefined || draws !== undefined
  const feedAt = (i: number, step: number): E.Either<Issues, Feed> =>
    pipe(
      E.tryCatch(
        () => read(step, batches?.(i), draws?.(i)),
        (cause): Issues => RNEA.of(issueOf('DataFailed', ['batches', i], cause))
      ),
      E.flatten,
      // Whoever handed them out may use their memory again.
      E.map(copyTree)
    )
  return (done, runLength, step): Portion<Feed, Issues> => {
    const left = steps - done
    const count = Math.min(left, runLength(isFed ? Math.min(left, ahead) : left))
    const feeds: Feed[] = []
    for (let i = 0; i < (isFed ? count : Math.min(count, 1)); i++) {
      const feed = feedAt(done + i, step + i)
      if (E.isLeft(feed)) return { steps: i, feeds, goesOn: feed }
      feeds.push(feed.right)
    }
    return { steps: count, feeds, goesOn: E.right(count < left) }
  }
}

/** Gives the state. It stands apart so that no other closure keeps the state beyond the first step. */
const holding = (state: State) => (): State => state

/** Makes a trainer over the variants of a step, of a state that fits it. */
export const trainerOf = (variants: StepVariants, initial: State, read: FeedReader): TE.TaskEither<Issues, Trainer> => {
  const { settle, advance, snapshot, dispose } = residentLoop(
    variants,
    holding(initial),
    ({ step }) => countAt(step),
    errors
  )
  return pipe(
    settle(),
    TE.map((): Trainer => ({
      advance: (steps, options = {}) => {
        const given = readIssues('advance', () => readOptions<AdvanceOptions>({}, options, rules, { steps }))
        return E.isLeft(given) ? TE.left(given.left) : advance(sourceOf(steps, given.right, read), given.right.onStep)
      },
      snapshot,
      dispose
    }))
  )
}

import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { ResidentStep } from '../../transform/compileStep.ts'
import { serialQueue } from '../../transform/compileStep.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Batch, Draws } from './batch.ts'
import type { Metrics } from './cycle.ts'
import type { Issues } from '../check/issue.ts'
import { faultIssues, issue, issueOf } from '../check/issue.ts'
import type { State } from './state.ts'
import { countAt } from './state.ts'
import type { Feed, Variant, Variants } from './variants.ts'

/** What `advance` takes: minibatches where no sampler draws them, draws where the step was compiled with `givenDraws`. */
export interface AdvanceOptions {
  /** The minibatches of the i-th step of this call, a few steps ahead of their use. */
  readonly batches?: (step: number) => readonly (Tensor | Batch)[]
  readonly draws?: (step: number) => readonly Draws[]
  /** Sees the metrics of the i-th step of this call. An error thrown here ends the call after the steps under way. */
  readonly onStep?: (step: number, metrics: Metrics) => void
}

/** A state that lives in an engine, advanced in place. Calls wait for one another; none rejects. */
export interface Trainer {
  /**
   * `steps` cycles. Left: why it stopped; the state is then that of the steps done before, unless the engine itself failed.
   */
  readonly advance: (steps: number, options?: AdvanceOptions) => TE.TaskEither<Issues, void>
  /** A copy of the state as it is. */
  readonly snapshot: () => TE.TaskEither<Issues, State>
  /** Frees the engine's memory once the calls under way are done; later calls answer with an Issue. */
  readonly dispose: () => void
}

/** Feeds are asked for, and checked, this many steps ahead. */
const ahead = 32

interface Resident {
  readonly key: string
  readonly resident: ResidentStep<State, Feed, Metrics>
}

const settle = ({ key, build }: Variant, state: State): TE.TaskEither<Issues, Resident> =>
  pipe(
    build(),
    TE.mapLeft((cause): Issues => RNEA.of(cause)),
    TE.chain((compiled) => pipe(compiled.resident(state), TE.mapLeft(faultIssues))),
    TE.map((resident) => ({ key, resident }))
  )

const disposed: Issues = RNEA.of(
  issue(
    'EngineFailed',
    ['trainer'],
    'a trainer in use',
    'one that was disposed of',
    'Make another: step.trainer(state)'
  )
)

const caught =
  <A>(task: TE.TaskEither<Issues, A>): TE.TaskEither<Issues, A> =>
  async () => {
    try {
      return await task()
    } catch (cause) {
      return E.left(RNEA.of(issueOf('EngineFailed', ['engine'], cause)))
    }
  }

const nothing: Feed = { batches: [], draws: [] }

/** A callback that an engine may call: what it throws is kept, and it is not called again. */
const listener = (onStep: ((i: number, metrics: Metrics) => void) | undefined) => {
  let thrown: Issues | undefined
  const guarded = (i: number, metrics: Metrics): void => {
    if (thrown !== undefined) return
    try {
      onStep?.(i, metrics)
    } catch (cause) {
      thrown = RNEA.of(issueOf('CallbackFailed', ['onStep'], cause))
    }
  }
  return { option: onStep === undefined ? {} : { onStep: guarded }, thrown: () => thrown }
}

/** A trainer over the variants: the state moves to another executable only where the entries that count change. */
export const trainerOf = (
  variants: Variants,
  initial: State,
  feedOf: (batches: readonly (Tensor | Batch)[], draws: readonly Draws[]) => E.Either<Issues, Feed>
): TE.TaskEither<Issues, Trainer> => {
  const first = countAt(initial.step)
  return pipe(
    caught(settle(variants.at(first), initial)),
    TE.map((start): Trainer => {
      const queue = serialQueue()
      let place = start
      let step = first
      let isDisposed = false

      const moveTo = (variant: Variant): TE.TaskEither<Issues, void> =>
        variant.key === place.key
          ? TE.right(undefined)
          : pipe(
              place.resident.snapshot(),
              TE.mapLeft(faultIssues),
              TE.chain((state) => settle(variant, state)),
              TE.map((moved) => {
                place.resident.dispose()
                place = moved
              })
            )

      /** The feeds of steps `from` .. `from + count - 1` of a call: as many as are right, and what is wrong with the next. */
      const feedsOf = (from: number, count: number, { batches, draws }: AdvanceOptions) => {
        const feeds: Feed[] = []
        for (let i = from; i < from + count; i++) {
          const feed = pipe(
            E.tryCatch(
              () => [batches?.(i) ?? [], draws?.(i) ?? []] as const,
              (cause): Issues => RNEA.of(issueOf('DataFailed', ['batches', i], cause))
            ),
            E.chain(([given, drawn]) => feedOf(given, drawn))
          )
          if (E.isLeft(feed)) return { feeds, problem: feed.left }
          feeds.push(feed.right)
        }
        return { feeds, problem: undefined }
      }

      /** Steps of one variant. Where the engine failed among them, the step's number is taken from the state again. */
      const run = async (
        steps: number,
        feed: (i: number) => Feed,
        onStep: ((i: number, metrics: Metrics) => void) | undefined
      ): Promise<E.Either<Issues, void>> => {
        const moved = await moveTo(variants.at(step))()
        if (E.isLeft(moved)) return moved
        const heard = listener(onStep)
        const advanced = await pipe(
          place.resident.advance({ steps, feed, ...heard.option }),
          TE.mapLeft(faultIssues),
          caught
        )()
        if (E.isLeft(advanced)) {
          const state = await pipe(place.resident.snapshot(), TE.mapLeft(faultIssues), caught)()
          if (E.isRight(state)) step = countAt(state.right.step)
          return advanced
        }
        step += steps
        const thrown = heard.thrown()
        return thrown === undefined ? advanced : E.left(thrown)
      }

      /** The next steps of a call that are of one variant: how many were done, and what ended them early. */
      const advanceSome = async (
        done: number,
        most: number,
        options: AdvanceOptions
      ): Promise<E.Either<Issues, number>> => {
        const { batches, draws, onStep } = options
        const isFed = batches !== undefined || draws !== undefined
        const count = variants.runLength(step, isFed ? Math.min(most, ahead) : most)
        const { feeds, problem } = feedsOf(done, isFed ? count : 1, options)
        const steps = isFed ? feeds.length : feeds.length * count
        const seen = onStep === undefined ? undefined : (i: number, metrics: Metrics) => onStep(done + i, metrics)
        const ran = steps === 0 ? E.right(undefined) : await run(steps, (i) => feeds[i] ?? feeds[0] ?? nothing, seen)
        if (E.isLeft(ran)) return ran
        return problem === undefined ? E.right(steps) : E.left(problem)
      }

      const advance = async (steps: number, options: AdvanceOptions): Promise<E.Either<Issues, void>> => {
        if (!Number.isSafeInteger(steps) || steps < 0)
          return E.left(
            RNEA.of(
              issue('InvalidValue', ['steps'], 'a whole number of at least 0', String(steps), 'advance(100), say')
            )
          )
        for (let done = 0; done < steps;) {
          const some = await advanceSome(done, steps - done, options)
          if (E.isLeft(some)) return some
          done += some.right
        }
        return E.right(undefined)
      }

      const whileInUse =
        <A>(task: () => Promise<E.Either<Issues, A>>): TE.TaskEither<Issues, A> =>
        () =>
          queue(async () => (isDisposed ? E.left(disposed) : task()))

      return {
        advance: (steps, options = {}) => whileInUse(() => advance(steps, options)),
        snapshot: () => whileInUse(() => pipe(place.resident.snapshot(), TE.mapLeft(faultIssues), caught)()),
        dispose: () => {
          if (isDisposed) return
          isDisposed = true
          void queue(async () => {
            place.resident.dispose()
          })
        }
      }
    })
  )
}

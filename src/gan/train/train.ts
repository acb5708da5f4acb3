import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { Batch } from '../step/batch.ts'
import type { Divergence } from './divergence.ts'
import { divergedMetrics, divergedState } from './divergence.ts'
import type { Figures } from './figures.ts'
import { figuresOf } from './figures.ts'
import type { Issue, Issues } from '../check/issue.ts'
import { issueOf } from '../check/issue.ts'
import type { Reached, RecoveryPoint } from './recoveryPoint.ts'
import { isStale, recoveryPointAt, recoveryPointOf, replayable } from './recoveryPoint.ts'
import type { Puller } from './source.ts'
import { pullerOf, samplerOf } from './source.ts'
import type { Spec } from '../game/spec.ts'
import type { State } from '../step/state.ts'
import { countAt } from '../step/state.ts'
import type { Trainer } from '../step/trainer.ts'
import type { TrainOptions } from './trainOptions.ts'
import { trainOptionIssues } from './trainOptions.ts'
import type { TrainingStep } from '../step/compile.ts'
import { compileWith } from '../step/compile.ts'

/** Holds the result of a training. */
export interface Trained {
  /** After the last step that was done; where training diverged, the last state whose numbers are all finite. */
  readonly state: State
  /** The compiled step, to go on with; its `dispose` is the caller's. */
  readonly step: TrainingStep
  /** 'exhausted': the data ended before the steps did. */
  readonly stopped: 'done' | 'aborted' | 'exhausted' | 'diverged'
  /** Warnings of the spec; where training diverged, the player, term, step and operation at which it did. */
  readonly issues: readonly Issue[]
  /**
   * Figures of the last step whose metrics were seen: where training diverged, maybe of the one that did, after `state`.
   * {} where no step was done.
   */
  readonly figures: Figures
  /** Steps of this training from the state it began with to `state`. */
  readonly stepsDone: number
  /** Seconds of the loop alone, without compiling and initializing. */
  readonly seconds: number
}

/** Bounds how long a portion of steps is to take, so that the event loop has its turn between portions. */
const portionMilliseconds = 40

/** Lets timers, signals and progress have their turn. */
const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    const { setTimeout } = globalThis as unknown as { setTimeout: (f: () => void, ms: number) => void }
    setTimeout(resolve, 0)
  })

/** Holds what stays the same through a training. */
interface Training {
  readonly step: TrainingStep
  readonly trainer: Trainer
  readonly puller: Puller
  readonly options: TrainOptions
  /** Cycles that came before this training. */
  readonly first: number
}

/** Says how far a training has come, between two portions of steps. */
interface Progress {
  readonly done: number
  /** Of the last step. */
  readonly figures: Figures
  /** Where training goes back to if it diverges. */
  readonly recovery: RecoveryPoint
  /** How many steps the next portion is to have. */
  readonly portion: number
}

/** Says how training ended. */
interface End extends Reached {
  readonly stopped: Trained['stopped']
  readonly issues: readonly Issue[]
  readonly figures: Figures
}

/** Says that training goes on, or has ended. */
type Outcome = Promise<E.Either<Issues, Progress | End>>

const isEnd = (at: Progress | End): at is End => 'stopped' in at

const isAborted = ({ options: { signal } }: Training): boolean => signal?.aborted === true

/** Ends a training at whose step `at` something was not finite: with the last sound state, and what broke it. */
const diverged = async (
  { step }: Training,
  { recovery, figures }: Progress,
  { issue, at }: Divergence
): Promise<E.Either<Issues, End>> => {
  // Loaded only when a training went wrong.
  const { lastSound, traced } = await import('./recovery.ts')
  const reached = await lastSound(step, recovery, at)
  const issues = [await traced(issue, step, recovery, reached)]
  return E.right({ ...reached, stopped: 'diverged', issues, figures })
}

/** Takes a new recovery point; a number in it that is not finite ends the training. */
const renewed = async (training: Training, progress: Progress): Outcome => {
  const { done } = progress
  const taken = await recoveryPointOf(training.trainer, done)
  if (E.isLeft(taken)) return taken
  const issue = divergedState(taken.right.state, training.first + done)
  return issue === undefined
    ? E.right({ ...progress, recovery: taken.right })
    : diverged(training, progress, { issue, at: done - 1 })
}

const finished = async (training: Training, progress: Progress, stopped: Trained['stopped']): Outcome =>
  pipe(
    await renewed(training, progress),
    E.map((at) => {
      if (isEnd(at)) return at
      const { done, figures, recovery } = at
      return { state: recovery.state, done, stopped, issues: [], figures }
    })
  )

/** Does one step for each of `fed`, and reads their metrics up to the first that is not finite. */
const advanced = async (
  { step, trainer, options, first }: Training,
  { done, figures: before }: Progress,
  fed: readonly (readonly Batch[])[]
): Promise<E.Either<Issues, { figures: Figures; divergence: Divergence | undefined; milliseconds: number }>> => {
  let figures = before
  let divergence: Divergence | undefined
  const from = Date.now()
  const result = await trainer.advance(fed.length, {
    ...(step.batchesPerStep === 0 ? {} : { batches: (i: number) => fed[i] ?? [] }),
    onStep: (i, metrics) => {
      if (divergence !== undefined) return
      figures = figuresOf(metrics)
      const issue = divergedMetrics(metrics, first + done + i)
      if (issue === undefined) options.onStep?.(first + done + i + 1, figures)
      else divergence = { issue, at: done + i }
    }
  })()
  return E.map(() => ({ figures, divergence, milliseconds: Math.max(Date.now() - from, 0.1) }))(result)
}

/** Takes the minibatches of the next `wanted` steps, as many of them as there are. */
const pulled = async (
  { step: { batchesPerStep: each }, puller }: Training,
  wanted: number
): Promise<E.Either<Issues, readonly (readonly Batch[])[]>> =>
  pipe(
    await puller.pull(wanted * each),
    E.bimap(
      (problem): Issues => RNEA.of(problem),
      (batches) =>
        Array.from({ length: each === 0 ? wanted : Math.floor(batches.length / each) }, (_, i) =>
          batches.slice(i * each, (i + 1) * each)
        )
    )
  )

/** Calls `onState` and waits for it; what it throws is an Issue. */
const toldState = async (
  onState: TrainOptions['onState'],
  state: State,
  step: number
): Promise<E.Either<Issues, undefined>> => {
  try {
    await onState?.(state, step)
    return E.right(undefined)
  } catch (cause) {
    return E.left(RNEA.of(issueOf('CallbackFailed', ['train', 'onState'], cause)))
  }
}

/** Does a portion of steps: pulls minibatches, advances, looks, and lets the event loop have its turn. */
const portionDone = async (training: Training, progress: Progress): Outcome => {
  const { done, recovery, portion } = progress
  const { steps, stateEvery = Infinity, onState } = training.options
  if (isAborted(training)) return finished(training, progress, 'aborted')
  const wanted = Math.min(portion, steps - done, stateEvery - ((training.first + done) % stateEvery))
  const fed = await pulled(training, wanted)
  if (E.isLeft(fed)) return fed
  if (isAborted(training)) return finished(training, progress, 'aborted')
  const count = fed.right.length
  if (count === 0) return finished(training, progress, 'exhausted')

  const result = await advanced(training, progress, fed.right)
  if (E.isLeft(result)) return result
  const { figures, divergence, milliseconds } = result.right
  const next: Progress = {
    done: done + count,
    figures,
    recovery: replayable(recovery, fed.right, milliseconds),
    portion: Math.max(1, Math.min(portion * 2, Math.round((count * portionMilliseconds) / milliseconds)))
  }
  if (divergence !== undefined) return diverged(training, next, divergence)

  const number = training.first + next.done
  const isDue = stateEvery !== Infinity && number % stateEvery === 0
  const after = isDue || isStale(next.recovery) ? await renewed(training, next) : E.right(next)
  if (E.isLeft(after) || isEnd(after.right)) return after
  if (isDue) {
    const told = await toldState(onState, after.right.recovery.state, number)
    if (E.isLeft(told)) return told
  }
  if (count < wanted) return finished(training, after.right, isAborted(training) ? 'aborted' : 'exhausted')
  await nextTurn()
  return after
}

/** Trains from a state until the steps are done, or something ends it before. */
const trainedFrom = async (training: Training, start: State): Promise<E.Either<Issues, End>> => {
  let at: Progress | End = { done: 0, figures: {}, recovery: recoveryPointAt(start), portion: 1 }
  while (!isEnd(at)) {
    const next: E.Either<Issues, Progress | End> = await (at.done < training.options.steps
      ? portionDone(training, at)
      : finished(training, at, 'done'))
    if (E.isLeft(next)) return next
    at = next.right
  }
  return E.right(at)
}

/** Opens the data, runs the loop over them, and closes them however it ends. */
const run = async (
  step: TrainingStep,
  trainer: Trainer,
  start: State,
  options: TrainOptions
): Promise<E.Either<Issues, Trained>> => {
  const begun = Date.now()
  const form = { shape: step.realShape, classes: step.spec.labels?.classes }
  const puller = pullerOf(options.data, form, countAt(start.cursor), options.signal)
  if (E.isLeft(puller)) return E.left(RNEA.of(puller.left))
  try {
    const first = countAt(start.step)
    const end = await trainedFrom({ step, trainer, puller: puller.right, options, first }, start)
    return pipe(
      end,
      E.map(({ state, stopped, issues, figures, done }) => ({
        state,
        step,
        stopped,
        issues: [...step.warnings, ...issues],
        figures,
        stepsDone: done,
        seconds: (Date.now() - begun) / 1000
      }))
    )
  } catch (cause) {
    return E.left(RNEA.of(issueOf('EngineFailed', ['train'], cause)))
  } finally {
    await puller.right.close()
  }
}

/**
 * Compiles a spec and trains it. Nothing is printed and nothing global is set; two trainings run side by side. The event
 * loop has its turn about every 40 ms, but for a step that diverged, which the reference evaluator does once more: of a large
 * network that may take a minute. Never throws, never rejects.
 *
 * @returns Left: all problems of the spec and of the options; a minibatch that does not fit, whatever the data or a
 * callback threw, a failure of the engine. Right: what training came to, also where it was aborted, diverged, or the data
 * ended. States that are to outlive a Left are those that `onState` was given.
 *
 * @example
 * import { E, Gan, Loss, Net, Opt, Prior, Random, pipe } from 'saddlepoint'
 * const trained = await pipe(
 *   Gan.between({ generator: Net.dense(1, 1), discriminator: Net.dense(1, 1), prior: Prior.normal([1]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.train({ data: (key, n) => Random.normal(key, [n, 1]), batchSize: 8, steps: 3, engine: 'reference' })
 * )()
 * E.isRight(trained) && trained.right.stepsDone // => 3
 */
export const train =
  (options: TrainOptions) =>
  (spec: Spec): TE.TaskEither<Issues, Trained> => {
    const { batchSize, data, engine, seed = 0, state } = { ...options }
    const sampler = samplerOf(data)
    return pipe(
      spec,
      compileWith(
        {
          batchSize,
          ...(engine === undefined ? {} : { engine }),
          ...(sampler === undefined ? {} : { sampler })
        },
        trainOptionIssues(options)
      ),
      TE.chain((step) => async () => {
        const begun = await pipe(
          TE.tryCatch(
            async () => state ?? step.init(seed),
            (cause): Issues => RNEA.of(issueOf('EngineFailed', ['engine'], cause))
          ),
          TE.chain((start) =>
            pipe(
              step.trainer(start),
              TE.map((trainer) => ({ start, trainer }))
            )
          )
        )()
        const result = E.isLeft(begun) ? begun : await run(step, begun.right.trainer, begun.right.start, options)
        if (E.isRight(begun)) begun.right.trainer.dispose()
        if (E.isLeft(result)) step.dispose()
        return result
      })
    )
  }

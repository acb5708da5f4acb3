import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { Batch } from '../step/batch.ts'
import type { Figures } from './hostMetrics.ts'
import { divergence, figuresOf } from './hostMetrics.ts'
import type { Issue, Issues } from '../check/issue.ts'
import { issueOf } from '../check/issue.ts'
import type { Reached, RecoveryPoint } from './recovery.ts'
import { isStale, lastSound, shadowOf, traced } from './recovery.ts'
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

/** What training came to. */
export interface Trained {
  /** After the last step that was done; where training diverged, the last state whose numbers are all finite. */
  readonly state: State
  /** The compiled step, to go on with; its `dispose` is the caller's. */
  readonly step: TrainingStep
  /** 'exhausted': the data ended before the steps did. */
  readonly stopped: 'done' | 'aborted' | 'exhausted' | 'diverged'
  /** Warnings of the spec; where training diverged, the player, term, step and operation at which it did. */
  readonly issues: readonly Issue[]
  /** Of the last step. */
  readonly figures: Figures
  /** Steps of this training that lie before the state. */
  readonly stepsDone: number
  readonly seconds: number
}

/** The event loop lives between calls of about this many milliseconds. */
const callMilliseconds = 40

/** Lets timers, signals and progress have their turn. */
const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    const { setTimeout } = globalThis as unknown as { setTimeout: (f: () => void, ms: number) => void }
    setTimeout(resolve, 0)
  })

/** How training ended. */
interface End extends Reached {
  readonly stopped: Trained['stopped']
  readonly issues: readonly Issue[]
  readonly figures: Figures
}

/** The loop of a training: pull minibatches, advance for a while, look, breathe. */
const loop = async (
  step: TrainingStep,
  trainer: Trainer,
  puller: Puller,
  start: State,
  options: TrainOptions
): Promise<E.Either<Issues, End>> => {
  const { steps, stateEvery = Infinity, signal, onStep, onState } = options
  const perStep = step.batchesPerStep
  const isAborted = (): boolean => signal?.aborted === true
  const first = countAt(start.step)
  let shadow: RecoveryPoint = { state: start, done: 0, cost: 0 }
  let fed: (readonly Batch[])[] = []
  let trained = 0
  let figures: Figures = {}
  let done = 0
  let chunk = 1

  const diverged = async (problem: Issue, at: number): Promise<E.Either<Issues, End>> => {
    const reached = await lastSound(step, shadow, fed, at)
    const issues = [await traced(problem, step, shadow, fed, reached)]
    return E.right({ ...reached, stopped: 'diverged', issues, figures })
  }
  /** Takes a new shadow; a number in it that is not finite ends the training. */
  const renew = async (): Promise<E.Either<Issues, End | undefined>> => {
    const taken = await shadowOf(trainer, done, first + done)
    if (E.isLeft(taken)) return taken
    const { shadow: next, problem } = taken.right
    if (problem !== undefined) return diverged(problem, done - 1)
    shadow = next
    fed = []
    trained = 0
    return E.right(undefined)
  }
  const finish = async (stopped: Trained['stopped']): Promise<E.Either<Issues, End>> => {
    const renewed = await renew()
    if (E.isLeft(renewed)) return renewed
    return E.right(renewed.right ?? { state: shadow.state, done, stopped, issues: [], figures })
  }

  while (done < steps) {
    if (isAborted()) return finish('aborted')
    const untilState = stateEvery - ((first + done) % stateEvery)
    const wanted = Math.min(chunk, steps - done, untilState)
    const pulled = await puller.pull(wanted * perStep)
    if (E.isLeft(pulled)) return E.left(RNEA.of(pulled.left))
    if (isAborted()) return finish('aborted')
    const count = perStep === 0 ? wanted : Math.floor(pulled.right.length / perStep)
    if (count === 0) return finish('exhausted')

    const before = done
    const batches = Array.from({ length: perStep === 0 ? 0 : count }, (_, i) =>
      pulled.right.slice(i * perStep, (i + 1) * perStep)
    )
    fed.push(...batches)
    let problem: { readonly issue: Issue; readonly at: number } | undefined
    const from = Date.now()
    const advanced = await trainer.advance(count, {
      ...(perStep === 0 ? {} : { batches: (i: number) => batches[i] ?? [] }),
      onStep: (i, metrics) => {
        if (problem !== undefined) return
        figures = figuresOf(metrics)
        const found = divergence(metrics, first + before + i)
        if (found === undefined) onStep?.(first + before + i + 1, figures)
        else problem = { issue: found, at: before + i }
      }
    })()
    if (E.isLeft(advanced)) return advanced
    const elapsed = Math.max(Date.now() - from, 0.1)
    trained += elapsed
    done += count
    if (problem !== undefined)
      return await diverged((problem as { issue: Issue }).issue, (problem as { at: number }).at)

    const isDue = stateEvery !== Infinity && (first + done) % stateEvery === 0
    if (isDue || isStale(shadow, trained)) {
      const renewed = await renew()
      if (E.isLeft(renewed)) return renewed
      if (renewed.right !== undefined) return E.right(renewed.right)
      if (isDue) await onState?.(shadow.state, first + done)
    }
    if (count < wanted) return finish(isAborted() ? 'aborted' : 'exhausted')
    chunk = Math.max(1, Math.min(chunk * 2, Math.round((count * callMilliseconds) / elapsed)))
    await nextTurn()
  }
  return finish('done')
}

/** The loop with all that it holds: freed however it ends. */
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
    const end = await loop(step, trainer, puller.right, start, options)
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
    return E.left(RNEA.of(issueOf('CallbackFailed', ['train', 'onState'], cause)))
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

import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { Engine, EngineFault, EngineName } from '../transform/compileStep.ts'
import { drawFault } from '../transform/compileStep.ts'
import type { Figures } from './hostMetrics.ts'
import { divergence, figuresOf } from './hostMetrics.ts'
import type { Issue, Issues } from './issue.ts'
import { issue } from './issue.ts'
import type { Source } from './source.ts'
import { pullerOf, samplerOf } from './source.ts'
import type { Spec } from './spec.ts'
import type { State } from './state.ts'
import type { Trainer } from './trainer.ts'
import type { TrainingStep } from './trainingStep.ts'
import { compile } from './trainingStep.ts'

export interface TrainOptions {
  readonly data: Source
  readonly batchSize: number
  /** Cycles of the update rule to run. */
  readonly steps: number
  readonly engine?: EngineName | Engine
  /** Seed of initialization and of all draws (default 0). */
  readonly seed?: number
  /** A state to go on from, instead of a new one. */
  readonly state?: State
  /** Stops training between steps; the result is that of the steps done. An AbortSignal will do. */
  readonly signal?: { readonly aborted: boolean }
  /** Called after each step. */
  readonly onStep?: (step: number, figures: Figures) => void
  /** Called with a copy of the state every `stateEvery` steps, and awaited. */
  readonly onState?: (state: State, step: number) => void | Promise<void>
  readonly stateEvery?: number
}

/** What training came to. The state is that after the last step that was sound. */
export interface Trained {
  readonly state: State
  readonly step: TrainingStep
  readonly stopped: 'done' | 'aborted' | 'exhausted' | 'diverged'
  /** Why it diverged; warnings of the spec. */
  readonly issues: readonly Issue[]
  readonly figures: Figures
  readonly stepsDone: number
  readonly seconds: number
}

/** The event loop lives between calls of about this many milliseconds. */
const callMilliseconds = 40

/** Lets timers, signals and progress have their turn. */
const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    const { setTimeout } = globalThis as unknown as { setTimeout: (f: () => void, ms: number) => void }
    setTimeout(resolve, 0)
  })

const faultIssue = (fault: EngineFault): Issues =>
  RNEA.of(issue('EngineFailed', ['engine'], fault.expected, drawFault(fault), fault.hint))

const run = async (step: TrainingStep, trainer: Trainer, start: State, options: TrainOptions): Promise<E.Either<Issues, Trained>> => {
  const begun = Date.now()
  const first = Number(start.step.data[0])
  const puller = pullerOf(options.data, step, Number(start.cursor.data[0]))
  const stateEvery = options.stateEvery ?? Infinity
  let figures: Figures = {}
  let done = 0
  let chunk = 1
  let sound = start
  const finish = async (stopped: Trained['stopped'], issues: readonly Issue[] = []): Promise<E.Either<Issues, Trained>> => {
    await puller.close()
    const state = stopped === 'diverged' ? E.right(sound) : await trainer.snapshot()()
    if (E.isLeft(state)) return E.left(faultIssue(state.left))
    const seconds = (Date.now() - begun) / 1000
    return E.right({ state: state.right, step, stopped, issues: [...step.warnings, ...issues], figures, stepsDone: done, seconds })
  }
  while (done < options.steps) {
    if (options.signal?.aborted === true) return finish('aborted')
    const untilState = stateEvery - ((first + done) % stateEvery)
    const wanted = Math.min(chunk, options.steps - done, untilState)
    const pulled = await puller.pull(wanted * step.batchesPerStep)
    if (E.isLeft(pulled)) {
      await puller.close()
      return E.left(RNEA.of(pulled.left))
    }
    const count = step.batchesPerStep === 0 ? wanted : Math.floor(pulled.right.length / step.batchesPerStep)
    if (count === 0) return finish('exhausted')
    let problem: Issue | undefined
    const from = Date.now()
    const advanced = await trainer.advance(count, {
      batches: (i) => pulled.right.slice(i * step.batchesPerStep, (i + 1) * step.batchesPerStep),
      onStep: (i, metrics) => {
        if (problem !== undefined) return
        figures = figuresOf(metrics)
        problem = divergence(figures, first + done + i)
        options.onStep?.(first + done + i + 1, figures)
      }
    })()
    if (E.isLeft(advanced)) {
      await puller.close()
      return E.left(faultIssue(advanced.left))
    }
    done += count
    if (problem !== undefined) return finish('diverged', [problem])
    if (stateEvery !== Infinity && (first + done) % stateEvery === 0) {
      const state = await trainer.snapshot()()
      if (E.isLeft(state)) return E.left(faultIssue(state.left))
      sound = state.right
      await options.onState?.(state.right, first + done)
    }
    if (count < wanted) return finish('exhausted')
    const elapsed = Math.max(Date.now() - from, 0.1)
    chunk = Math.max(1, Math.min(chunk * 2, Math.round((chunk * callMilliseconds) / elapsed)))
    await breathe()
  }
  return finish('done')
}

/**
 * Compiles a spec and trains it. Nothing is printed and nothing global is set; two trainings run side by side.
 *
 * @returns all problems of the spec or of the data, or what training came to
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
    const sampler = samplerOf(options.data)
    return pipe(
      spec,
      compile({
        batchSize: options.batchSize,
        ...(options.engine === undefined ? {} : { engine: options.engine }),
        ...(sampler === undefined ? {} : { sampler })
      }),
      TE.chain((step) => {
        const state = options.state ?? step.init(options.seed ?? 0)
        return pipe(
          step.trainer(state),
          TE.mapLeft(faultIssue),
          TE.chain((trainer) => async () => {
            const result = await run(step, trainer, state, options)
            trainer.dispose()
            return result
          })
        )
      })
    )
  }

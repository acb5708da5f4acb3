import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import { copyTree } from '../../transform/form.ts'
import type { None } from '../../tensor/arguments.ts'
import type { Issue, Issues } from '../check/issue.ts'
import { issue, issueOf } from '../check/issue.ts'
import type { Spec } from '../game/spec.ts'
import type { TrainingStep } from '../step/compile.ts'
import { compileWith } from '../step/compile.ts'
import type { State } from '../step/state.ts'
import { countAt, notFinite } from '../step/state.ts'
import type { Trainer } from '../step/trainer.ts'
import type { End } from './loop.ts'
import { trainedFrom } from './loop.ts'
import { pullerOf, samplerOf } from './source.ts'
import type { Failed, Reached, Trained } from './trained.ts'
import type { TrainOptions } from './trainOptions.ts'
import { trainOptionIssues } from './trainOptions.ts'

const notBegun = (issues: Issues): Failed => ({ issues, reached: undefined })

/** Holds what a training begins with. */
interface Begun {
  readonly step: TrainingStep
  readonly trainer: Trainer
  /** A copy of its own. */
  readonly start: State
}

/** Says that a state has numbers that are not finite, and so is none to begin with. */
const unsound = (state: State, isGiven: boolean): Issue | undefined => {
  const found = notFinite(state)
  return found === undefined
    ? undefined
    : issue(
        isGiven ? 'BadState' : 'Diverged',
        ['state', ...found.path],
        'finite numbers',
        `${String(found.value)} before the first step`,
        isGiven ? 'Go on from an earlier state' : 'Mend the initializer of this layer'
      )
}

/** Brings the state that a training begins with into the engine: the given one, or a new one. */
const beginning = (step: TrainingStep, { state, seed = 0 }: TrainOptions): TE.TaskEither<Issues, Begun> =>
  pipe(
    TE.tryCatch(
      async () => state ?? step.init(seed),
      (cause): Issues => RNEA.of(issueOf('EngineFailed', ['engine'], cause))
    ),
    TE.chain((start) =>
      pipe(
        step.trainer(start),
        TE.chain((trainer) => {
          const problem = unsound(start, state !== undefined)
          if (problem === undefined) return TE.right({ step, trainer, start: copyTree(start) })
          trainer.dispose()
          return TE.left(RNEA.of(problem))
        })
      )
    )
  )

/** Opens the data, runs the loop over them, and closes them however it ends. */
const run = async ({ step, trainer, start }: Begun, options: TrainOptions): Promise<E.Either<Failed, Trained>> => {
  const begun = Date.now()
  const puller = pullerOf(options.data, start, options.batchSize, options.signal)
  const end: End = E.isLeft(puller)
    ? { state: start, done: 0, figures: {}, warnings: [], measurements: [], how: E.left(RNEA.of(puller.left)) }
    : await trainedFrom({ step, trainer, puller: puller.right, options, first: countAt(start.step) }, start)
  const warnings = [...step.warnings, ...end.warnings, ...(E.isLeft(puller) ? [] : await puller.right.close())]
  const { state, figures, measurements, done: stepsDone, how } = end
  const reached: Reached = { state, figures, measurements, stepsDone, seconds: (Date.now() - begun) / 1000 }
  return pipe(
    how,
    E.bimap(
      ([first, ...others]): Failed => ({ issues: [first, ...others, ...warnings], reached }),
      (stopped): Trained => ({ ...reached, step, stopped, warnings })
    )
  )
}

/** Trains from the state that the options say, and frees what is nobody's afterwards. */
export const trainedBy = (step: TrainingStep, options: TrainOptions): TE.TaskEither<Failed, Trained> =>
  pipe(
    beginning(step, options),
    TE.mapLeft(notBegun),
    TE.chain((begun) => async () => {
      const result = await run(begun, options)
      begun.trainer.dispose()
      return result
    }),
    TE.mapLeft((failed) => {
      step.dispose()
      return failed
    })
  )

/** Reads options, which a getter may refuse to give, and what is wrong with them. */
const readable = (
  given: TrainOptions,
  more: readonly unknown[]
): E.Either<Issues, { readonly options: TrainOptions; readonly issues: readonly Issue[] }> =>
  E.tryCatch(
    () => ({ options: { ...given }, issues: trainOptionIssues(given, more) }),
    (cause): Issues => RNEA.of(issueOf('InvalidValue', ['train'], cause))
  )

/**
 * Compiles a spec and trains it. Nothing is printed and nothing global is set; two trainings run side by side. The event
 * loop has its turn about every 40 ms. Never throws, never rejects.
 *
 * @returns Right: what training came to, also where it was aborted or the data ended. Left: what went wrong, and in
 * `reached` the last sound state: where training diverged, a minibatch does not fit, the data or a callback threw, or the
 * engine failed. Where the spec or an option is wrong, Left has all problems and nothing was reached. A step that diverged
 * is done once more by the reference evaluator, which of a large network may take a minute; the signal ends that, too.
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
  (given: TrainOptions, ...more: None) =>
  (spec: Spec): TE.TaskEither<Failed, Trained> =>
    pipe(
      TE.fromEither(readable(given, more)),
      TE.chain(({ options, issues }) => {
        const { batchSize, data, engine } = options
        const sampler = samplerOf(data)
        const compiling = {
          batchSize,
          ...(engine === undefined ? {} : { engine }),
          ...(sampler === undefined ? {} : { sampler })
        }
        return pipe(
          spec,
          compileWith(compiling, issues),
          TE.map((step) => ({ step, options }))
        )
      }),
      TE.mapLeft(notBegun),
      TE.chain(({ step, options }) => trainedBy(step, options))
    )

import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { Shape } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Engine, EngineName } from '../../transform/compileStep.ts'
import { copyTree } from '../../transform/form.ts'
import type { None } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import type { BatchSize } from '../game/batchSize.ts'
import type { Batch, Draws } from './batch.ts'
import { initialize } from './initialize.ts'
import type { CompileOptions } from './compileOptions.ts'
import { surplusIssues } from './compileOptions.ts'
import { examined } from './examined.ts'
import type { Metrics } from './metrics.ts'
import type { Issue, Issues } from '../check/issue.ts'
import { faultIssues, issue, issueOf, warning } from '../check/issue.ts'
import type { StepPlan } from './plan.ts'
import type { Spec } from '../game/spec.ts'
import type { State } from './state.ts'
import { countAt } from './state.ts'
import { checkState } from './checkState.ts'
import type { Feed, FeedReader } from './feed.ts'
import { feedReader, formsAt } from './feed.ts'
import type { Trainer } from './trainer.ts'
import { trainerOf } from './trainer.ts'
import { nextTurn } from './turn.ts'
import type { Compiled, StepVariants } from './variants.ts'
import { variantsOf } from './variants.ts'

/**
 * Does one cycle of training, compiled. As a function it is pure: state and minibatches in, new state and metrics out, copies
 * throughout; what does not fit rejects with the tagged error InvalidArgument. `trainer` keeps the state in the engine
 * instead, and answers with Issues.
 */
export interface TrainingStep {
  (
    state: State,
    batches?: Tensor | Batch | readonly (Tensor | Batch)[],
    draws?: readonly Draws[]
  ): Promise<[State, Metrics]>
  readonly spec: Spec
  readonly batchSize: BatchSize
  /**
   * How many minibatches a step takes: one for each phase that sees data; 0 where a sampler draws them. Where cycles differ,
   * those of the first.
   */
  readonly batchesPerStep: number
  /** Gives the shapes of the minibatches that the step of a cycle takes, counted from 0, in order. */
  readonly shapesAt: (cycle: number) => readonly Shape[]
  /** Name of the engine that runs it. */
  readonly engine: string
  readonly warnings: readonly Issue[]
  /**
   * Computes the state before the first step from a seed, a whole number, on the engine of the step: there the same seed
   * gives the same bits. Rejects with the tagged error, as a call does.
   */
  readonly init: (seed: number) => Promise<State>
  readonly trainer: (state: State) => TE.TaskEither<Issues, Trainer>
  /**
   * The step from a state once more on the reference evaluator: the state after it, and what made numbers that are not finite.
   * `goesOn` is asked every 40 ms, so that the event loop has its turn; the replay ends with an Issue where it says no.
   */
  readonly replay: (
    state: State,
    batches?: readonly (Tensor | Batch)[],
    draws?: readonly Draws[],
    goesOn?: () => Promise<boolean>
  ) => TE.TaskEither<Issues, Replayed>
  /** Kernels, flops, bytes and memory of the step with all its terms. */
  readonly explain: () => string
  /** Frees the executables, and whatever trainers still hold in them. */
  readonly dispose: () => void
}

/** Says what a step came to on the reference evaluator. */
export interface Replayed {
  readonly state: State
  /** The operation that made the first number that is not finite, in words. */
  readonly firstNonFinite: string | undefined
}

const refuse = (issues: Issues): never => {
  const { path, expected, actual, hint } = issues[0]
  return fail('InvalidArgument', { op: 'step', expected: `${expected} as ${path.join('.')}`, actual, hint })
}

const orRefuse = <A>(result: E.Either<Issues, A>): A => (E.isLeft(result) ? refuse(result.left) : result.right)

/** Holds a sound spec, compiled: what all ways of running a step need. */
interface Parts {
  readonly spec: Spec
  readonly plan: StepPlan
  readonly warnings: readonly Issue[]
  readonly options: CompileOptions
  readonly variants: StepVariants
  readonly read: FeedReader
  /** The variant of the first step. */
  readonly first: Compiled
}

/** Holds what one step takes, checked, and the executable that does it. */
interface Ready {
  readonly before: State
  readonly feed: Feed
  readonly compiled: Compiled
}

const soundState = (state: State, { plan }: Parts): E.Either<Issues, State> => checkState(state, plan.state)

const readyFor = (parts: Parts, state: State, batches: unknown, draws: unknown): TE.TaskEither<Issues, Ready> =>
  pipe(
    TE.fromEither(
      pipe(
        soundState(state, parts),
        E.chain((before) =>
          E.map((feed: Feed) => ({ before, feed }))(parts.read(countAt(before.step), batches, draws))
        ),
        // At the call: the caller may write to them before the engine reads them.
        E.map(copyTree)
      )
    ),
    TE.chain(({ before, feed }) =>
      pipe(
        parts.variants.at(countAt(before.step)).build(),
        TE.map((compiled) => ({ before, feed, compiled }))
      )
    )
  )

const run = ({ before, feed, compiled }: Ready): TE.TaskEither<Issues, [State, Metrics]> =>
  pipe(compiled.run(before, feed), TE.mapLeft(faultIssues))

const wasStopped: Issues = RNEA.of(
  issue('EngineFailed', ['replay'], 'a replay that goes on to its end', 'one that was told to stop', 'Replay it again')
)

const replay =
  ({ before, feed, compiled }: Ready, goesOn: () => Promise<boolean>): TE.TaskEither<Issues, Replayed> =>
  async () => {
    // What is loaded on the way is needed only when a training went wrong.
    try {
      const replayed = await compiled.replay(before, feed, goesOn)()
      if (E.isLeft(replayed)) return E.left(faultIssues(replayed.left))
      if (replayed.right === undefined) return E.left(wasStopped)
      const { showFirstNonFinite } = await import('./firstNonFinite.ts')
      return E.right({ state: replayed.right.carry, firstNonFinite: showFirstNonFinite(replayed.right) })
    } catch (cause) {
      return E.left(RNEA.of(issueOf('EngineFailed', ['engine'], cause)))
    }
  }

/** Names the engine that 'auto' took for the step, so that the state begins on the engine that trains it. */
const engineThatTook = ({ options: { engine = 'auto' }, first }: Parts): EngineName | Engine =>
  engine === 'auto' ? (first.engine as EngineName) : engine

const stepOf = (parts: Parts): TrainingStep => {
  const { spec, plan, warnings, options, variants, read, first } = parts
  const call = async (...[state, batches, draws]: Parameters<TrainingStep>): Promise<[State, Metrics]> =>
    orRefuse(await pipe(readyFor(parts, state, batches, draws), TE.chain(run))())
  const shapesAt = (cycle: number): readonly Shape[] => formsAt(plan, options, cycle).map(({ shape }) => shape)
  return Object.assign(call, {
    spec,
    batchSize: options.batchSize,
    batchesPerStep: shapesAt(0).length,
    shapesAt,
    engine: first.engine,
    warnings,
    init: async (seed: number) =>
      orRefuse(await pipe(initialize(spec, plan, engineThatTook(parts), seed), TE.mapLeft(faultIssues))()),
    trainer: (state: State) =>
      pipe(
        TE.fromEither(pipe(soundState(state, parts), E.map(copyTree))),
        TE.chain((start) => trainerOf(variants, start, read))
      ),
    replay: (
      state: State,
      batches?: readonly (Tensor | Batch)[],
      draws?: readonly Draws[],
      goesOn: () => Promise<boolean> = nextTurn
    ) =>
      pipe(
        readyFor(parts, state, batches, draws),
        TE.chain((ready) => replay(ready, goesOn))
      ),
    explain: first.explain,
    dispose: variants.disposeAll
  })
}

/** Compiles like `compile`, told of problems that the caller has found in its own options. */
export const compileWith =
  (options: CompileOptions, others: readonly Issue[]) =>
  (spec: Spec): TE.TaskEither<Issues, TrainingStep> =>
    pipe(
      () => examined(options, spec, others),
      TE.chain(({ plan, warnings }) => {
        const variants = variantsOf(spec, plan, options)
        return pipe(
          variants.at(0).build(),
          TE.map((first) => {
            const read = feedReader(plan, options)
            const impure = first.warnings.map((found) => warning(issueOf('Impure', ['update'], found)))
            return stepOf({ spec, plan, warnings: [...warnings, ...impure], options, variants, read, first })
          })
        )
      })
    )

/**
 * Compiles a spec to one step of training. Never throws, never rejects. Left: all problems of the spec.
 *
 * @example
 * import { E, Gan, Issue, Loss, Net, Opt, Prior, pipe, zeros } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(1, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([1]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
 * )
 * const step = await pipe(spec, Gan.compile({ batchSize: 4, engine: 'reference' }))()
 * if (E.isLeft(step)) throw new Error(Issue.show(step.left))
 * const [next, metrics] = await step.right(await step.right.init(1), zeros([4, 2]))
 * next.step.data // => [1]
 * metrics.generator.loss.shape // => [1]
 */
export const compile = (
  options: CompileOptions,
  ...more: None
): ((spec: Spec) => TE.TaskEither<Issues, TrainingStep>) => compileWith(options, surplusIssues(more))

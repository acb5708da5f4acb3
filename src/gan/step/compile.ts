import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Engine, EngineName } from '../../transform/compileStep.ts'
import { fail } from '../../tensor/error.ts'
import type { Batch, BatchForm, Draws } from './batch.ts'
import { checkBatch, checkDraws } from './batch.ts'
import { initialize } from './initialize.ts'
import { compileOptionIssues, engineIssues } from './compileOptions.ts'
import type { Metrics } from './cycle.ts'
import type { Issue, Issues } from '../check/issue.ts'
import { faultIssues, issue, issueOf } from '../check/issue.ts'
import type { StepPlan } from './plan.ts'
import { batchesPerStep, planOf } from './plan.ts'
import type { Spec } from '../game/spec.ts'
import type { State } from './state.ts'
import { checkState, countAt } from './state.ts'
import type { FeedReader, Trainer } from './trainer.ts'
import { trainerOf } from './trainer.ts'
import { examine, soundly } from '../check/validate.ts'
import { examineSampler } from './sampler.ts'
import type { Compiled, CompileOptions, StepVariants } from './variants.ts'
import { variantsOf } from './variants.ts'

/**
 * One compiled cycle of training. As a function it is pure: state and minibatches in, new state and metrics out, copies
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
  readonly batchSize: number
  /** How many minibatches a step takes: one for each phase that sees data; 0 where a sampler draws them. */
  readonly batchesPerStep: number
  /** Shape of one minibatch. */
  readonly realShape: readonly number[]
  /** Name of the engine that runs it. */
  readonly engine: string
  readonly warnings: readonly Issue[]
  /**
   * Computes the state before the first step from a seed, a whole number, on the engine of the step: there the same seed
   * gives the same bits. Rejects with the tagged error, as a call does.
   */
  readonly init: (seed: number) => Promise<State>
  readonly trainer: (state: State) => TE.TaskEither<Issues, Trainer>
  /** The step from a state once more on the reference evaluator: the state after it, and what made numbers that are not finite. */
  readonly replay: (
    state: State,
    batches?: readonly (Tensor | Batch)[],
    draws?: readonly Draws[]
  ) => TE.TaskEither<Issues, Replayed>
  /** Kernels, flops, bytes and memory of the step with all its terms. */
  readonly explain: () => string
  /** Frees the executables, and whatever trainers still hold in them. */
  readonly dispose: () => void
}

/** What a step came to on the reference evaluator. */
export interface Replayed {
  readonly state: State
  /** The operation that made the first number that is not finite, in words. */
  readonly firstNonFinite: string | undefined
}

/** Minibatches and draws of one step as they are given, checked against what it takes. */
const feedReader =
  (form: BatchForm, count: number, plan: StepPlan, givenDraws: boolean): FeedReader =>
  (batches, draws) => {
    const checked = E.traverseArray((batch: Tensor | Batch) => checkBatch(batch, form))(batches)
    if (E.isLeft(checked)) return E.left(RNEA.of(checked.left))
    if (batches.length !== count)
      return E.left(
        RNEA.of(
          issue(
            'BadBatch',
            ['batches'],
            `${String(count)} minibatches a step`,
            String(batches.length),
            count === 0 ? 'A sampler draws them' : 'One for each phase of the update that sees data'
          )
        )
      )
    const drawn = checkDraws(draws, givenDraws ? plan.phases.map((phase) => phase.draws) : [])
    return E.isLeft(drawn) ? E.left(RNEA.of(drawn.left)) : E.right({ batches: checked.right, draws: drawn.right })
  }

const refuse = (issues: Issues): never => {
  const { path, expected, actual, hint } = issues[0]
  return fail('InvalidArgument', { op: 'step', expected: `${expected} as ${path.join('.')}`, actual, hint })
}

const orRefuse = <A>(result: E.Either<Issues, A>): A => (E.isLeft(result) ? refuse(result.left) : result.right)

/** The engine that 'auto' took for the step, so that the state begins on the engine that trains it. */
const engineThatTook = ({ engine = 'auto' }: CompileOptions, first: Compiled): EngineName | Engine =>
  engine === 'auto' ? (first.engine as EngineName) : engine

/** The step of a sound spec, over the executable of its first variant. */
const stepOf = (
  spec: Spec,
  plan: StepPlan,
  warnings: readonly Issue[],
  options: CompileOptions,
  variants: StepVariants,
  first: Compiled
): TrainingStep => {
  const count = options.sampler === undefined ? batchesPerStep(plan) : 0
  const form = { shape: plan.real.shape, classes: spec.labels?.classes }
  const feedOf = feedReader(form, count, plan, options.givenDraws === true)
  const sound = (state: State): E.Either<Issues, State> =>
    pipe(
      checkState(state, plan.state),
      E.mapLeft((one): Issues => RNEA.of(one))
    )

  const call = async (...[state, given = [], draws = []]: Parameters<TrainingStep>): Promise<[State, Metrics]> => {
    const batches = (Array.isArray(given) ? given : [given]) as readonly (Tensor | Batch)[]
    const before = orRefuse(sound(state))
    const feed = orRefuse(feedOf(batches, draws))
    const variant = await variants.at(countAt(before.step)).build()()
    const compiled = E.isLeft(variant) ? refuse(variant.left) : variant.right
    return orRefuse(await pipe(compiled.run(before, feed), TE.mapLeft(faultIssues))())
  }

  const replay: TrainingStep['replay'] =
    (state, batches = [], draws = []) =>
    async () => {
      const before = sound(state)
      if (E.isLeft(before)) return before
      const feed = feedOf(batches, draws)
      if (E.isLeft(feed)) return feed
      const compiled = await variants.at(countAt(before.right.step)).build()()
      if (E.isLeft(compiled)) return compiled
      const replayed = compiled.right.replay(before.right, feed.right)
      if (E.isLeft(replayed)) return E.left(faultIssues(replayed.left))
      const [after, origins] = replayed.right
      try {
        // Loaded by trainings that went wrong alone.
        const { showFirstNonFinite } = await import('./firstNonFinite.ts')
        return E.right({ state: after, firstNonFinite: showFirstNonFinite(compiled.right, origins) })
      } catch (cause) {
        return E.left(RNEA.of(issueOf('EngineFailed', ['engine'], cause)))
      }
    }

  return Object.assign(call, {
    spec,
    batchSize: options.batchSize,
    batchesPerStep: count,
    realShape: plan.real.shape,
    engine: first.engine,
    warnings,
    init: async (seed: number) =>
      orRefuse(
        await pipe(initialize(spec, plan.memories, engineThatTook(options, first), seed), TE.mapLeft(faultIssues))()
      ),
    trainer: (state: State) =>
      pipe(
        TE.fromEither(sound(state)),
        TE.chain((start) => trainerOf(variants, start, feedOf))
      ),
    replay,
    explain: first.explain,
    dispose: variants.disposeAll
  })
}

/** All that is wrong, the engine's own troubles included; the right is what can be compiled. */
const examineFor = (options: CompileOptions, spec: Spec, others: readonly Issue[]) => async () => {
  const { batchSize, sampler } = { ...options }
  const { issues, traced } = examine(spec, batchSize, [...others, ...compileOptionIssues(options)])
  const sampled =
    typeof sampler === 'function' && traced !== undefined ? examineSampler(spec, sampler, traced.made.fake) : []
  const warnings = [...issues, ...sampled]
  const sound = soundly({ issues: warnings, traced })
  if (E.isRight(sound)) return E.right({ plan: planOf(spec, sound.right, batchSize), warnings })
  const engine = await engineIssues(options)
  return E.left<Issues>([...sound.left, ...engine] as unknown as Issues)
}

/** `compile`, told of problems that the caller has found in its own options. */
export const compileWith =
  (options: CompileOptions, others: readonly Issue[]) =>
  (spec: Spec): TE.TaskEither<Issues, TrainingStep> =>
    pipe(
      examineFor(options, spec, others),
      TE.chain(({ plan, warnings }) => {
        const variants = variantsOf(spec, plan, options)
        return pipe(
          variants.at(0).build(),
          TE.map((first) => stepOf(spec, plan, warnings, options, variants, first))
        )
      })
    )

/**
 * A spec as one compiled step, or all its problems. Never throws, never rejects.
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
export const compile = (options: CompileOptions): ((spec: Spec) => TE.TaskEither<Issues, TrainingStep>) =>
  compileWith(options, [])

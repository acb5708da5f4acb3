import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { Tensor } from '../tensor/tensor.ts'
import { fail } from '../tensor/error.ts'
import { drawShape, equalShapes } from '../tensor/shape.ts'
import type { EngineFault } from '../transform/compileStep.ts'
import { drawFault } from '../transform/compileStep.ts'
import type { Batch, Draws, Metrics } from './cycle.ts'
import type { Issue, Issues } from './issue.ts'
import { issue } from './issue.ts'
import { batchesPerStep } from './plan.ts'
import type { Spec } from './spec.ts'
import type { State } from './state.ts'
import { initialState } from './state.ts'
import type { Trainer } from './trainer.ts'
import { trainerOf } from './trainer.ts'
import { examineSpec } from './validate.ts'
import type { CompileOptions } from './variants.ts'
import { variantsOf } from './variants.ts'

/**
 * One compiled cycle of training. As a function it is pure: state and minibatches in, new state and metrics out, copies
 * throughout. `trainer` keeps the state in the engine instead.
 */
export interface TrainingStep {
  (state: State, batches?: Tensor | Batch | readonly (Tensor | Batch)[], draws?: readonly Draws[]): Promise<[State, Metrics]>
  readonly spec: Spec
  readonly batchSize: number
  /** How many minibatches a step takes: one for each phase that sees data; 0 where a sampler draws them. */
  readonly batchesPerStep: number
  /** Shape of one minibatch. */
  readonly realShape: readonly number[]
  readonly engine: string
  readonly warnings: readonly Issue[]
  readonly init: (seed: number) => State
  readonly trainer: (state: State) => TE.TaskEither<EngineFault, Trainer>
  readonly explain: () => string
  readonly dispose: () => void
}

/** A minibatch as given, checked against what the step takes. */
export const checkBatch = (given: Tensor | Batch, shape: readonly number[], labelled: boolean): E.Either<Issue, Batch> => {
  const batch: Batch = 'real' in given ? given : { real: given }
  if (!equalShapes(batch.real.shape, shape))
    return E.left(
      issue('BadBatch', ['batch'], `a minibatch of shape ${drawShape(shape)}`, drawShape(batch.real.shape), 'Batches must have the batch size and the features that the step was compiled for')
    )
  if (labelled && (batch.labels === undefined || !equalShapes(batch.labels.shape, [shape[0]!])))
    return E.left(issue('BadBatch', ['batch', 'labels'], `int32 labels [${String(shape[0])}]`, 'none', 'Give { real, labels }'))
  return E.right(labelled ? batch : { real: batch.real })
}

/**
 * A spec as one compiled step, or all its problems.
 *
 * @example
 * import { E, Gan, Loss, Net, Opt, Prior, pipe, zeros } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(1, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([1]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
 * )
 * const step = await pipe(spec, Gan.compile({ batchSize: 4, engine: 'reference' }))()
 * if (E.isLeft(step)) throw new Error(Gan.Issue.draw(step.left))
 * const [next, metrics] = await step.right(step.right.init(1), zeros([4, 2]))
 * next.step.data // => [1]
 * metrics.generator.loss.shape // => [1]
 */
export const compile =
  (options: CompileOptions) =>
  (spec: Spec): TE.TaskEither<Issues, TrainingStep> =>
    pipe(
      TE.fromEither(examineSpec(spec, options.batchSize)),
      TE.chain(({ plan, warnings }) => {
        const init = (seed: number): State => initialState(spec, plan.memories, seed)
        const variants = variantsOf(spec, plan, options, init(0))
        return pipe(
          variants.at(0).build(),
          TE.bimap(
            (cause): Issues => RNEA.of(cause),
            (compiled): TrainingStep => {
              const realShape = plan.real.shape
              const count = options.sampler === undefined ? batchesPerStep(plan) : 0
              const call: (...args: Parameters<TrainingStep>) => ReturnType<TrainingStep> = async (state, batches = [], draws = []) => {
                const list = (Array.isArray(batches) ? batches : [batches]) as readonly (Tensor | Batch)[]
                const checked = list.map((batch) => checkBatch(batch, realShape, spec.labels !== undefined))
                const bad = checked.find(E.isLeft)
                const problem =
                  bad?.left ??
                  (list.length === count
                    ? undefined
                    : issue('BadBatch', ['batches'], `${String(count)} minibatches a step`, String(list.length), 'One for each phase of the update that sees data'))
                if (problem !== undefined)
                  fail('InvalidArgument', { op: 'step', expected: problem.expected, actual: problem.actual, hint: problem.hint })
                const variant = await variants.at(Number(state.step.data[0])).build()()
                if (E.isLeft(variant))
                  return fail('NotSupported', { op: 'step', expected: variant.left.expected, actual: variant.left.actual, hint: variant.left.hint })
                const result = await variant.right.run(state, { batches: checked.flatMap((b) => (E.isRight(b) ? [b.right] : [])), draws })()
                return E.isLeft(result)
                  ? fail('NotSupported', { op: 'step', expected: result.left.expected, actual: drawFault(result.left), hint: result.left.hint })
                  : result.right
              }
              return Object.assign(call, {
                spec,
                batchSize: options.batchSize,
                batchesPerStep: count,
                realShape,
                engine: compiled.engine,
                warnings,
                init,
                trainer: (state: State) => trainerOf(variants, state),
                explain: compiled.explain,
                dispose: variants.disposeAll
              })
            }
          )
        )
      })
    )

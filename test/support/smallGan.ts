/** A small GAN on points of the plane, and what tests of training ask of it again and again. */
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import { Gan, Issue, Loss, Net, Opt, Prior, Random, add, tensor, treeLeaves } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'

export const players = {
  generator: Net.serial(Net.dense(2, 3), Net.tanh, Net.dense(3, 2)),
  discriminator: Net.serial(Net.dense(2, 3), Net.softplus, Net.dense(3, 1)),
  prior: Prior.normal([2])
}

/** Gradient descent of rate 0.1 for both, and whatever else. */
export const smallSpec = (...edits: readonly ((spec: Gan.Spec) => Gan.Spec)[]): Gan.Spec =>
  edits.reduce(
    (spec, edit) => edit(spec),
    pipe(
      Gan.between(players),
      Gan.withLoss(Loss.nonSaturating),
      Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
      Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
    )
  )

/** Points around (1, -1). */
export const points: Gan.Sampler = (key, n) => add(Random.normal(key, [n, 2]), tensor([1, -1]))

/** What a Left of a spec, a step or a training says. */
const issuesOf = (left: Gan.Issues | Gan.Failed): Gan.Issues => ('issues' in left ? left.issues : left)

/** The right, or the test fails with all issues in words. */
export const rightOf = <A>(result: E.Either<Gan.Issues | Gan.Failed, A>): A => {
  if (E.isLeft(result)) throw new Error(Issue.show(issuesOf(result.left)))
  return result.right
}

export const leftOf = <A>(result: E.Either<Gan.Issues | Gan.Failed, A>): Gan.Issues => {
  if (E.isRight(result)) throw new Error('expected issues')
  return issuesOf(result.left)
}

/** What a training that fails comes to. */
export const failed = async (spec: Gan.Spec, options: Partial<Gan.TrainOptions>): Promise<Gan.Failed> => {
  const result = await pipe(
    spec,
    Gan.train({ data: points, batchSize: 4, steps: 3, engine: 'reference', ...options })
  )()
  if (E.isRight(result)) throw new Error(`expected a failure, but training is ${result.right.stopped}`)
  return result.left
}

export const compiled = async (spec: Gan.Spec, options: Partial<Gan.CompileOptions> = {}): Promise<Gan.TrainingStep> =>
  rightOf(await pipe(spec, Gan.compile({ batchSize: 4, engine: 'reference', ...options }))())

export const trained = async (spec: Gan.Spec, options: Partial<Gan.TrainOptions>): Promise<Gan.Trained> =>
  rightOf(await pipe(spec, Gan.train({ data: points, batchSize: 4, steps: 3, engine: 'reference', ...options }))())

/** A trainer at a state, by default the first one. */
export const trainerFor = async (step: Gan.TrainingStep, state?: Gan.State): Promise<Gan.Trainer> =>
  rightOf(await step.trainer(state ?? (await step.init(0)))())

/** All numbers of a state, exactly. */
export const bits = (state: unknown): readonly (readonly number[])[] => treeLeaves(state).map(({ data }) => [...data])

/** Paths of issues, as one reads them. */
export const pathsOf = (issues: readonly Gan.Issues[number][]): readonly string[] =>
  issues.map(({ path }) => path.join('.'))

/** A minibatch with the numbers of its place in a sequence. */
export const batchAt = (i: number, n = 4): Tensor => ({
  shape: [n, 2],
  dtype: 'float32',
  data: Float32Array.from({ length: 2 * n }, (_, j) => Math.sin(i * 2 * n + j))
})

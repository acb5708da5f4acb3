import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { SaddlepointError } from '../../tensor/error.ts'
import { isSaddlepointError } from '../../tensor/error.ts'
import { blank } from '../../tensor/tensor.ts'
import type { CompiledStep, EngineFault } from '../../transform/compileStep.ts'
import { compileStep } from '../../transform/compileStep.ts'
import type { Variants } from '../../transform/residentLoop.ts'
import type { Issues } from '../check/issue.ts'
import { faultIssue, issueOf } from '../check/issue.ts'
import type { Spec } from '../game/spec.ts'
import { objectiveOf } from '../game/spec.ts'
import type { CompileOptions } from './compileOptions.ts'
import type { Metrics } from './cycle.ts'
import { cycle } from './cycle.ts'
import type { Feed } from './feed.ts'
import { blankFeed } from './feed.ts'
import type { StepPlan } from './plan.ts'
import { sampleBatch } from './sampler.ts'
import type { State } from './state.ts'

export type Compiled = CompiledStep<State, Feed, Metrics>

/**
 * Holds the executables of a GAN's step. Steps of a lazily regularized GAN (`every` in gan/game/objective.ts) differ by
 * which terms count: there is one executable for each combination that occurs.
 */
export interface StepVariants extends Variants<State, Feed, Metrics, Issues> {
  readonly disposeAll: () => void
}

/** Lists the distinct `every` of a spec's terms: which terms count at a step follows from those that divide it. */
const periodsOf = (spec: Spec): readonly number[] =>
  [
    ...new Set(Object.keys(spec.networks).flatMap((player) => objectiveOf(spec, player).map(({ every }) => every)))
  ].sort((a, b) => a - b)

/** Makes the cycle a function of state and feed, in which the terms of these periods count. */
const stepFunction =
  (spec: Spec, plan: StepPlan, { batchSize, sampler, givenDraws }: CompileOptions, periods: readonly number[]) =>
  (state: State, feed: Feed): [State, Metrics] => {
    const order = plan.evaluations.flatMap(({ usesReal }, evaluation) => (usesReal ? [evaluation] : []))
    return cycle(spec, state, {
      batchSize,
      batchesPerStep: order.length,
      active: ({ every }) => periods.includes(every),
      batch: (evaluation, key) =>
        sampler === undefined
          ? (feed.batches[order.indexOf(evaluation)] ?? { real: blank(plan.real) })
          : sampleBatch(sampler, key, batchSize),
      ...(givenDraws === true ? { draws: (evaluation: number) => feed.draws[evaluation] ?? {} } : {})
    })
  }

const termFailed = (cause: unknown): Issues => RNEA.of(issueOf('TermFailed', ['update'], cause))

const issuesOf = (cause: EngineFault | SaddlepointError): Issues =>
  isSaddlepointError(cause) ? termFailed(cause) : RNEA.of(faultIssue(cause))

const compileVariant = (
  spec: Spec,
  plan: StepPlan,
  options: CompileOptions,
  periods: readonly number[]
): TE.TaskEither<Issues, Compiled> =>
  pipe(
    TE.tryCatch(
      async () =>
        compileStep(stepFunction(spec, plan, options, periods), plan.state, blankFeed(spec, plan, options), options)(),
      termFailed
    ),
    TE.chain((result) => TE.fromEither(E.mapLeft(issuesOf)(result)))
  )

/** Makes the variants of a spec's step, none of them compiled yet. */
export const variantsOf = (spec: Spec, plan: StepPlan, options: CompileOptions): StepVariants => {
  const periods = periodsOf(spec)
  const built = new Map<string, Promise<E.Either<Issues, Compiled>>>()
  const countingAt = (step: number): readonly number[] => periods.filter((every) => step % every === 0)
  return {
    at: (step) => {
      const counting = countingAt(step)
      const key = counting.join()
      return {
        key,
        build: () => async () => {
          const known = built.get(key) ?? compileVariant(spec, plan, options, counting)()
          built.set(key, known)
          const result = await known
          // What failed may work later: memory that was short, a device that was lost.
          if (E.isLeft(result) && built.get(key) === known) built.delete(key)
          return result
        }
      }
    },
    runLength: (step, limit) => {
      if (periods.every((every) => every === 1)) return limit
      const key = countingAt(step).join()
      let length = 1
      while (length < limit && countingAt(step + length).join() === key) length++
      return length
    },
    disposeAll: () => {
      for (const compiled of built.values())
        void compiled.then((result) => {
          if (E.isRight(result)) result.right.dispose()
        })
      built.clear()
    }
  }
}

import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { SaddlepointError } from '../../tensor/error.ts'
import { isSaddlepointError } from '../../tensor/error.ts'
import type { CompiledStep, Engine, EngineFault, EngineName } from '../../transform/compileStep.ts'
import { compileStep } from '../../transform/compileStep.ts'
import type { Variants } from '../../transform/residentLoop.ts'
import type { Batch, Draws } from './batch.ts'
import type { Metrics } from './cycle.ts'
import { cycle } from './cycle.ts'
import { blank } from '../../tensor/tensor.ts'
import type { Issues } from '../check/issue.ts'
import { faultIssue, issueOf } from '../check/issue.ts'
import type { WeightedTerm } from '../game/objective.ts'
import { objectiveOf } from '../game/spec.ts'
import type { StepPlan } from './plan.ts'
import { batchesPerStep } from './plan.ts'
import type { Sampler } from './sampler.ts'
import { sampleBatch } from './sampler.ts'
import type { Spec } from '../game/spec.ts'
import type { State } from './state.ts'

export interface CompileOptions {
  /** Samples in a minibatch, a whole number >= 1. */
  readonly batchSize: number
  /** By name, or one of one's own; 'auto' by default. */
  readonly engine?: EngineName | Engine
  /** Draws data inside the compiled step; then no batches are given to it. */
  readonly sampler?: Sampler
  /** All random values of the terms and the latents are given at each step instead of drawn: for tests and replay. */
  readonly givenDraws?: boolean
}

/** Holds what a step is fed besides its state. */
export interface Feed {
  readonly batches: readonly Batch[]
  readonly draws: readonly Draws[]
}

/** Makes an example of what a step is fed, of which only shapes count. */
const exampleFeed = (spec: Spec, plan: StepPlan, { batchSize, sampler, givenDraws }: CompileOptions): Feed => {
  const real = blank(plan.real)
  const batch: Batch =
    spec.labels === undefined ? { real } : { real, labels: blank({ shape: [batchSize], dtype: 'int32' }) }
  const draws = plan.phases.map((phase) =>
    Object.fromEntries(Object.entries(phase.draws).map(([name, aval]) => [name, blank(aval)]))
  )
  return {
    batches: sampler === undefined ? Array.from({ length: batchesPerStep(plan) }, () => batch) : [],
    draws: givenDraws === true ? draws : []
  }
}

/** Makes the cycle a function of state and feed, with those terms that count. */
const stepFunction =
  (
    spec: Spec,
    plan: StepPlan,
    { batchSize, sampler, givenDraws }: CompileOptions,
    active: (term: WeightedTerm) => boolean
  ) =>
  (state: State, feed: Feed): [State, Metrics] => {
    const order = plan.phases.flatMap(({ usesReal }, phase) => (usesReal ? [phase] : []))
    return cycle(spec, state, {
      batchSize,
      batchesPerStep: order.length,
      active,
      batch: (phase, key) =>
        sampler === undefined
          ? (feed.batches[order.indexOf(phase)] ?? { real: blank(plan.real) })
          : sampleBatch(sampler, key, batchSize),
      ...(givenDraws === true ? { draws: (phase: number) => feed.draws[phase] ?? {} } : {})
    })
  }

export type Compiled = CompiledStep<State, Feed, Metrics>

/**
 * Holds the executables of a lazily regularized GAN, whose steps differ by which terms count: one for each combination
 * that occurs.
 */
export interface StepVariants extends Variants<State, Feed, Metrics, Issues> {
  readonly disposeAll: () => void
}

export const variantsOf = (spec: Spec, plan: StepPlan, options: CompileOptions): StepVariants => {
  const periods = [
    ...new Set(Object.keys(spec.networks).flatMap((player) => objectiveOf(spec, player).map(({ every }) => every)))
  ].sort((a, b) => a - b)
  const built = new Map<string, Promise<E.Either<Issues, Compiled>>>()

  const countingAt = (step: number): readonly number[] => periods.filter((every) => step % every === 0)

  const compileVariant = (counting: readonly number[]): TE.TaskEither<Issues, Compiled> =>
    pipe(
      TE.tryCatch(
        async () =>
          compileStep(
            stepFunction(spec, plan, options, ({ every }) => counting.includes(every)),
            plan.state,
            exampleFeed(spec, plan, options),
            options
          )(),
        (cause): Issues => RNEA.of(issueOf('TermFailed', ['update'], cause))
      ),
      TE.chain((result) =>
        TE.fromEither(
          E.mapLeft((cause: EngineFault | SaddlepointError): Issues =>
            RNEA.of(isSaddlepointError(cause) ? issueOf('TermFailed', ['update'], cause) : faultIssue(cause))
          )(result)
        )
      )
    )

  return {
    at: (step) => {
      const counting = countingAt(step)
      const key = counting.join()
      return {
        key,
        build: () => async () => {
          const known = built.get(key) ?? compileVariant(counting)()
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

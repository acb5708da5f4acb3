import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { Tensor } from '../tensor/tensor.ts'
import { isSaddlepointError } from '../tensor/error.ts'
import type { CompiledStep, Engine, EngineFault, EngineName } from '../transform/compileStep.ts'
import { compileStep, drawFault } from '../transform/compileStep.ts'
import type { Batch, Draws, Metrics } from './cycle.ts'
import { cycle } from './cycle.ts'
import type { Issue } from './issue.ts'
import { issue, issueOf } from './issue.ts'
import type { Entry } from './objective.ts'
import { objectiveOf } from './spec.ts'
import type { Plan } from './plan.ts'
import { batchesPerStep } from './plan.ts'
import type { Spec } from './spec.ts'
import type { State } from './state.ts'

/** Data drawn inside the step: [n, ...] from a key. */
export type Sampler = (key: Tensor, n: number) => Tensor

export interface CompileOptions {
  readonly batchSize: number
  readonly engine?: EngineName | Engine
  /** Draws data inside the compiled step; then no batches are given to it. */
  readonly sampler?: Sampler
  /** All random values of the terms and the latents are given at each step instead of drawn: for tests and replay. */
  readonly givenDraws?: boolean
}

/** What a step is fed besides its state. */
export interface Feed {
  readonly batches: readonly Batch[]
  readonly draws: readonly Draws[]
}

const engineIssue = (cause: EngineFault): Issue => issue('EngineFailed', ['engine'], cause.expected, drawFault(cause), cause.hint)

const blank = ({ shape, dtype }: { readonly shape: readonly number[]; readonly dtype: Tensor['dtype'] }): Tensor => ({
  shape,
  dtype,
  data: dtype === 'int32' ? new Int32Array(0) : new Float32Array(0)
})

/** An example of what a step is fed, of which only shapes count. */
const exampleFeed = (spec: Spec, plan: Plan, options: CompileOptions): Feed => {
  const labels = blank({ shape: [options.batchSize], dtype: 'int32' })
  const batch: Batch = { real: blank(plan.real), ...(spec.labels === undefined ? {} : { labels }) }
  return {
    batches: options.sampler === undefined ? Array.from({ length: batchesPerStep(plan) }, () => batch) : [],
    draws:
      options.givenDraws === true
        ? plan.phases.map(({ draws }) => Object.fromEntries(Object.entries(draws).map(([name, aval]) => [name, blank(aval)])))
        : []
  }
}

/** The cycle as a function of state and feed, with those entries that are active. */
const stepFunction =
  (spec: Spec, plan: Plan, options: CompileOptions, active: (entry: Entry) => boolean) =>
  (state: State, feed: Feed): [State, Metrics] => {
    const order = plan.phases.flatMap(({ usesReal }, phase) => (usesReal ? [phase] : []))
    return cycle(spec, state, {
      batchSize: options.batchSize,
      batchesPerStep: order.length,
      active,
      batch: (phase, key) =>
        options.sampler === undefined ? feed.batches[order.indexOf(phase)]! : { real: options.sampler(key, options.batchSize) },
      ...(options.givenDraws === true ? { draws: (phase: number) => feed.draws[phase]! } : {})
    })
  }

export type Compiled = CompiledStep<State, Feed, Metrics>

/** Steps of a lazily regularized GAN differ by which entries count: one executable for each combination that occurs. */
export interface Variants {
  readonly at: (step: number) => { readonly key: string; readonly build: () => TE.TaskEither<Issue, Compiled> }
  readonly disposeAll: () => void
}

export const variantsOf = (spec: Spec, plan: Plan, options: CompileOptions, state: State): Variants => {
  const periods = [
    ...new Set(Object.keys(spec.networks).flatMap((player) => objectiveOf(spec, player).map(({ every }) => every)))
  ]
  const built = new Map<string, Promise<E.Either<Issue, Compiled>>>()
  return {
    at: (step) => {
      const counting = periods.filter((every) => step % every === 0)
      const key = counting.join()
      return {
        key,
        build: () => () => {
          const known =
            built.get(key) ??
            pipe(
              compileStep(
                stepFunction(spec, plan, options, ({ every }) => counting.includes(every)),
                state,
                exampleFeed(spec, plan, options),
                options.engine === undefined ? {} : { engine: options.engine }
              ),
              TE.mapLeft((cause) => (isSaddlepointError(cause) ? issueOf('TermFailed', ['update'], cause) : engineIssue(cause)))
            )()
          built.set(key, known)
          return known
        }
      }
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

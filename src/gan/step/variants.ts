import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { SaddlepointError } from '../../tensor/error.ts'
import { isSaddlepointError } from '../../tensor/error.ts'
import type { CompiledStep, EngineFault } from '../../transform/compileStep.ts'
import { compileStep } from '../../transform/compileStep.ts'
import type { Variants } from '../../transform/residentLoop.ts'
import type { Issues } from '../check/issue.ts'
import { faultIssue, issueOf } from '../check/issue.ts'
import type { Spec } from '../game/spec.ts'
import { objectiveOf, phasesOf } from '../game/spec.ts'
import type { CompileOptions } from './compileOptions.ts'
import type { Metrics } from './metrics.ts'
import { cycle } from './cycle.ts'
import type { Feed } from './feed.ts'
import { blankFeed } from './feed.ts'
import type { CyclePlan, StepPlan } from './plan.ts'
import type { RunRepeatedly } from './run.ts'
import { runsOf } from './run.ts'
import type { State } from './state.ts'

/** Steps that are looked at in advance, at most. */
const lookahead = 1024

export type Compiled = CompiledStep<State, Feed, Metrics>

/**
 * Holds the executables of a GAN's step. Steps of a lazily regularized GAN (`every` in gan/game/objective.ts) differ by
 * which terms count, those of some update rules by their phases: there is one executable for each combination that occurs.
 */
export interface StepVariants extends Variants<State, Feed, Metrics, Issues> {
  readonly disposeAll: () => void
}

/** Lists the distinct `every` of a spec's terms: which terms count at a step follows from those that divide it. */
const periodsOf = (spec: Spec): readonly number[] =>
  [
    ...new Set(Object.keys(spec.networks).flatMap((player) => objectiveOf(spec, player).map(({ every }) => every)))
  ].sort((a, b) => a - b)

/** Says what the steps of one executable have in common. */
interface Kind {
  /** Distinct `every` of the terms that count. */
  readonly periods: readonly number[]
  readonly plan: CyclePlan
  readonly key: string
}

/** Makes the cycle a function of state and feed, in which the terms of these periods count. */
const stepFunction =
  (
    { batchSize, sampler, givenDraws }: CompileOptions,
    { periods, plan: of }: Kind,
    repeatedly: RunRepeatedly | undefined
  ) =>
  (state: State, feed: Feed): [State, Metrics] => {
    const order = of.evaluations.flatMap(({ usesReal }, number) => (usesReal ? [number] : []))
    return cycle(of.spec, state, {
      batchSize,
      batchesPerStep: order.length,
      active: ({ every }) => periods.includes(every),
      batch: (number) => feed.batches[order.indexOf(number)],
      sampler,
      ...(givenDraws === true ? { draws: (number: number) => feed.draws[number] ?? {} } : {}),
      repeatedly
    })
  }

const termFailed = (cause: unknown): Issues => RNEA.of(issueOf('TermFailed', ['update'], cause))

const issuesOf = (cause: EngineFault | SaddlepointError): Issues =>
  isSaddlepointError(cause) ? termFailed(cause) : RNEA.of(faultIssue(cause))

const compileVariant = (plan: StepPlan, options: CompileOptions, kind: Kind): TE.TaskEither<Issues, Compiled> =>
  pipe(
    TE.tryCatch(async () => {
      const repeats = runsOf(phasesOf(kind.plan.spec), true).some(({ times }) => times > 1)
      // Loops are loaded only where there are some.
      const repeatedly = repeats ? (await import('./runRepeatedly.ts')).runRepeatedly : undefined
      return compileStep(stepFunction(options, kind, repeatedly), plan.state, blankFeed(kind.plan, options), {
        ...options,
        replayed: stepFunction(options, kind, undefined)
      })()
    }, termFailed),
    TE.chain((result) => TE.fromEither(E.mapLeft(issuesOf)(result)))
  )

/** Makes the variants of a spec's step, none of them compiled yet. */
export const variantsOf = (spec: Spec, plan: StepPlan, options: CompileOptions): StepVariants => {
  const periods = periodsOf(spec)
  const built = new Map<string, Promise<E.Either<Issues, Compiled>>>()
  const isUniform = periods.every((every) => every === 1) && spec.update.at === undefined
  /** Left: the update rule has no phases for that step. */
  const kindAt = (step: number): E.Either<Issues, Kind> => {
    const counting = periods.filter((every) => step % every === 0)
    return E.map((of: CyclePlan) => ({ periods: counting, plan: of, key: `${counting.join()};${of.key}` }))(
      plan.at(step)
    )
  }
  const keyAt = (step: number): string =>
    pipe(
      kindAt(step),
      E.match(
        () => `none at ${String(step)}`,
        ({ key }) => key
      )
    )
  return {
    at: (step) => {
      const kind = kindAt(step)
      if (E.isLeft(kind)) return { key: keyAt(step), build: () => TE.left(kind.left) }
      const { key } = kind.right
      return {
        key,
        build: () => async () => {
          const known = built.get(key) ?? compileVariant(plan, options, kind.right)()
          built.set(key, known)
          const result = await known
          // What failed may work later: memory that was short, a device that was lost.
          if (E.isLeft(result) && built.get(key) === known) built.delete(key)
          return result
        }
      }
    },
    runLength: (step, limit) => {
      if (isUniform) return limit
      const key = keyAt(step)
      let length = 1
      while (length < Math.min(limit, lookahead) && keyAt(step + length) === key) length++
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

import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { Issues } from '../check/issue.ts'
import { sampleSizeFor } from '../check/sampleSize.ts'
import { examine, tracedOrIssues } from '../check/validate.ts'
import type { Spec } from '../game/spec.ts'
import type { StepPlan } from './plan.ts'
import { planOf } from './plan.ts'

/** Traces a spec for the shapes of its state, before anything is compiled. Left: all that is wrong with the spec. */
export const planFor = (spec: Spec): E.Either<Issues, StepPlan> =>
  pipe(
    tracedOrIssues(examine(spec, undefined)),
    E.map((traced) => planOf(spec, [[sampleSizeFor(spec), traced]], sampleSizeFor(spec)))
  )

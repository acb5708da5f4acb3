import * as E from '#fp-ts/Either'
import * as RA from '#fp-ts/ReadonlyArray'
import { pipe } from '#fp-ts/function'
import type { Issue, Issues } from '../check/issue.ts'
import { checkSizes } from '../check/sizes.ts'
import { attempt } from '../check/trace.ts'
import { examine, tracedOrIssues } from '../check/validate.ts'
import { sizesOf } from '../game/batchSize.ts'
import type { Spec } from '../game/spec.ts'
import type { CompileOptions } from './compileOptions.ts'
import { compileOptionIssues, engineIssues } from './compileOptions.ts'
import type { StepPlan } from './plan.ts'
import { planOf } from './plan.ts'
import { examineSampler } from './sampler.ts'

/** Puts together what was found for each batch size: what is told of a place for one is not told again for others. */
const eachOnce = (bySize: readonly (readonly Issue[])[]): readonly Issue[] =>
  bySize.reduce((told, issues) => {
    const places = told.map(({ path }) => path.join())
    return [...told, ...issues.filter(({ path }) => !places.includes(path.join()))]
  }, [])

/** Warns of layers that compare the samples of a minibatch, where its size leaves them nothing, or a term no sample by itself. */
const layerWarnings = async (spec: Spec, sizes: readonly number[]): Promise<readonly Issue[]> => {
  if (!Object.values(spec.networks).some(({ couplesSamples }) => couplesSamples)) return []
  // Loaded only where there is such a layer.
  const { checkBatchSize } = await import('../check/batchSize.ts')
  const { checkComparison } = await import('../check/comparison.ts')
  return [...eachOnce(sizes.map((size) => checkBatchSize(spec, size))), ...checkComparison(spec)]
}

/** Finds what is wrong with batch sizes by player. A rule that throws is told elsewhere. */
const playerIssues = (spec: Spec, { batchSize }: CompileOptions): readonly Issue[] =>
  pipe(
    attempt('TermFailed', ['update'], () => checkSizes(spec, batchSize)),
    E.getOrElse((): readonly Issue[] => [])
  )

/**
 * Examines a spec on minibatches of every size that it is to be compiled for. `others` are problems that the caller has
 * found. Left: all that is wrong, the engine's own troubles included; Right: what can be compiled.
 */
export const examined = async (
  options: CompileOptions,
  spec: Spec,
  others: readonly Issue[]
): Promise<E.Either<Issues, { readonly plan: StepPlan; readonly warnings: readonly Issue[] }>> => {
  const { batchSize, sampler } = { ...options }
  const wrong = compileOptionIssues(options)
  const isSized = !wrong.some(({ path }) => path.length === 1 || path[1] === 'batchSize')
  const sizes = isSized ? sizesOf(batchSize) : []
  const found = (isSized ? sizes : [undefined]).map((size) => examine(spec, size, [...others, ...wrong]))
  const traced = found.flatMap(({ traced: of }) => (of === undefined ? [] : [of]))
  const sampled =
    typeof sampler === 'function' ? traced.map((of) => examineSampler(spec, sampler, of.minibatch.fake)) : []
  const issues = [
    ...eachOnce(found.map((of) => of.issues)),
    ...eachOnce(sampled),
    ...(isSized && traced.length > 0 ? playerIssues(spec, options) : []),
    ...(traced.length > 0 ? await layerWarnings(spec, sizes) : [])
  ]
  const sound = tracedOrIssues({ issues, traced: traced.length < found.length ? undefined : traced[0] })
  if (E.isLeft(sound)) {
    const engine = await engineIssues(options)
    return E.left<Issues>([...sound.left, ...engine] as unknown as Issues)
  }
  const bySize = RA.zip(traced)(sizes)
  return E.right({ plan: planOf(spec, bySize, batchSize), warnings: issues })
}

import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { None } from '../../tensor/arguments.ts'
import type { Rule } from '../../tensor/options.ts'
import { readOptions } from '../../tensor/options.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Path } from '../../tensor/tree.ts'
import { flattenWithPaths, isRecord, showPath } from '../../tensor/tree.ts'
import { copyTree } from '../../transform/form.ts'
import type { Issues } from '../check/issue.ts'
import { faultIssues, issueOf, readIssues } from '../check/issue.ts'
import type { Held } from '../game/networks.ts'
import type { Spec } from '../game/spec.ts'
import { checkState, stateOf, tensorAt } from './checkState.ts'
import { holds } from './given.ts'
import { initialize } from './initialize.ts'
import type { StepPlan } from './plan.ts'
import { planFor } from './planFor.ts'
import type { State } from './state.ts'
import { stateWith } from './state.ts'

export interface AdoptOptions {
  /** Seed of what networks have that the state has not, a whole number (default 0). */
  readonly seed?: number
}

/** Holds a state of a spec that goes on from a state of another. */
export interface Adopted {
  readonly state: State
  /** What begins anew, by its path: `averages.generator`. */
  readonly anew: readonly string[]
  /** What of the given state no part of this spec takes. */
  readonly unused: readonly string[]
}

const aSeed: Rule = { expected: 'a whole number', accepts: (x) => Number.isSafeInteger(x) }

/** Tells which of the leaves of `like` the given tree has, each of its shape. */
const fitting = (
  like: unknown,
  given: unknown
): { readonly taken: (path: Path) => Tensor | undefined; readonly misfits: readonly Path[] } => {
  const { leaves, paths } = flattenWithPaths(like, 'state')
  const fits = new Map(
    paths.flatMap((path, i) => {
      const found = tensorAt(given, path)
      return found !== undefined && holds(found, leaves[i] as Tensor) ? [[showPath(path), found] as const] : []
    })
  )
  return { taken: (path) => fits.get(showPath(path)), misfits: paths.filter((path) => !fits.has(showPath(path))) }
}

const partAt = (path: Path, from: unknown): unknown =>
  path.reduce<unknown>(
    (at, key) => (isRecord(at) || Array.isArray(at) ? (at as Readonly<Record<string, unknown>>)[key] : undefined),
    from
  )

/** Puts a state together: parameters that fit leaf by leaf, what follows from them as a whole or not at all. */
const adoptedFrom = (spec: Spec, { memories, state: like }: StepPlan, given: State, fresh: State): Adopted => {
  const anew: Path[] = []
  const used = new Set(['key', 'step', 'cursor'])
  const use = <T>(path: Path, beginning: T, taken: (inner: Path) => Tensor | undefined): T =>
    stateOf(beginning, (inner) => {
      const found = taken(inner)
      if (found !== undefined) used.add(showPath([...path, ...inner]))
      return found
    })
  /** Takes what fits of a part, leaf by leaf; the rest is fresh. */
  const eachLeaf = (path: Path): unknown => {
    const { taken, misfits } = fitting(partAt(path, like), partAt(path, given))
    anew.push(...misfits.map((misfit) => [...path, ...misfit]))
    return use(path, partAt(path, fresh), taken)
  }
  const heldBy = (player: string): Held => ({
    params: eachLeaf(['players', player, 'params']),
    layers: eachLeaf(['players', player, 'layers'])
  })
  const held = Object.fromEntries(Object.keys(spec.networks).map((player) => [player, heldBy(player)]))
  const isWhole = (player: string): boolean => !anew.some(([, of, kind]) => of === player && kind === 'params')
  const begun = stateWith(spec, memories, held, given.key)
  /** Takes a part where all of it fits; else it begins anew from the parameters that were adopted. */
  const whole = <T>(path: Path, isMeant = true): T => {
    const { taken, misfits } = fitting(partAt(path, like), partAt(path, given))
    const beginning = partAt(path, begun) as T
    if (misfits.length === 0 && isMeant) return use(path, beginning, taken)
    if (flattenWithPaths(beginning, 'state').leaves.length > 0) anew.push(path)
    return beginning
  }
  /** Takes the optimizers that a player's is a chain of one by one: another schedule leaves the moments alone. */
  const optimizerOf = (player: string): unknown => {
    const path = ['players', player, 'optimizer']
    const links = partAt(path, begun)
    return Array.isArray(links)
      ? links.map((_, i) => whole([...path, i], isWhole(player)))
      : whole(path, isWhole(player))
  }
  const each = <T>(path: Path, of: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.keys(of).map((key) => [key, whole<T>([...path, key])]))
  const state: State = {
    players: Object.fromEntries(
      Object.entries(held).map(([player, own]) => [player, { ...own, optimizer: optimizerOf(player) }])
    ),
    averages: each(['averages'], begun.averages),
    averagedLayers: each(['averagedLayers'], begun.averagedLayers),
    memories: Object.fromEntries(
      Object.entries(begun.memories).map(([player, own]) => [player, each(['memories', player], own)])
    ),
    update: whole(['update'], Object.keys(held).every(isWhole)),
    key: given.key,
    step: given.step,
    cursor: given.cursor
  }
  const unused = flattenWithPaths(given, 'state').paths.map(showPath)
  return { state: copyTree(state), anew: anew.map(showPath), unused: unused.filter((path) => !used.has(path)) }
}

/** Reads the counts and the key of a state, without which nothing can go on. */
const countsOf = (given: unknown, { key, step, cursor }: State): E.Either<Issues, State> =>
  pipe(
    E.tryCatch(
      () => (isRecord(given) ? { key: given['key'], step: given['step'], cursor: given['cursor'] } : given),
      (cause): Issues => [issueOf('BadState', ['state'], cause)]
    ),
    E.chain((found) => checkState(found, { key, step, cursor } as unknown as State)),
    E.map(() => given as State)
  )

/**
 * Takes over from a state of another spec what fits: parameters by their paths and shapes, each optimizer of a chain,
 * average, memory and update rule as a whole where it is of the same form. What does not fit begins anew, at the parameters that were
 * taken over, and is listed. The step, the place in the data and the key go on. For another optimizer, schedule, average,
 * term or update rule in the middle of a training, or for networks that are partly trained.
 *
 * @returns Left: what is wrong with the spec, or a state that has no step, cursor or key. Never rejects.
 *
 * @example
 * import { E, Gan, Issue, Loss, Net, Opt, Prior, Random, pipe } from 'saddlepoint'
 * import type { Tensor } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(1, 1), discriminator: Net.dense(1, 1), prior: Prior.normal([1]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
 * )
 * const data = (key: Tensor, n: number): Tensor => Random.normal(key, [n, 1])
 * const trained = await pipe(spec, Gan.train({ data, batchSize: 8, steps: 3, engine: 'reference' }))()
 * if (E.isLeft(trained)) throw new Error(Issue.show(trained.left))
 * const other = pipe(spec, Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.01 })), Gan.withAverage({ decay: 0.99 }))
 * const adopted = await Gan.adopt(other, trained.right.state)()
 * if (E.isLeft(adopted)) throw new Error(Issue.show(adopted.left))
 * adopted.right.anew // => ['players.generator.optimizer[0]', 'averages.generator']
 * adopted.right.state.step.data // => [3]
 */
export const adopt = (
  spec: Spec,
  state: unknown,
  options: AdoptOptions = {},
  ...more: None
): TE.TaskEither<Issues, Adopted> =>
  pipe(
    TE.fromEither(
      readIssues('adopt', () => readOptions<AdoptOptions>({ seed: 0 }, options, { seed: aSeed }, {}, more))
    ),
    TE.chain(({ seed }) =>
      pipe(
        TE.fromEither(planFor(spec)),
        TE.chain((plan) =>
          pipe(
            TE.fromEither(countsOf(state, plan.state)),
            TE.chain((given) =>
              pipe(
                initialize(spec, plan, 'auto', seed),
                TE.mapLeft(faultIssues),
                TE.chain((fresh) =>
                  TE.fromEither(
                    E.tryCatch(
                      () => adoptedFrom(spec, plan, given, fresh),
                      (cause): Issues => [issueOf('BadState', ['state'], cause)]
                    )
                  )
                )
              )
            )
          )
        )
      )
    )
  )

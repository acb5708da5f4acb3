import * as E from '#fp-ts/Either'
import { zeros } from '../../ops/creation.ts'
import { isNode } from '../../program/node.ts'
import { dependents, nodesOf } from '../../program/program.ts'
import { foldIn } from '../../random/key.ts'
import { showValue } from '../../tensor/problem.ts'
import { showShape, equalShapes } from '../../tensor/shape.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import { blank, isTensor, showAval } from '../../tensor/tensor.ts'
import { treeMap } from '../../tensor/tree.ts'
import { reaches } from '../../transform/reach.ts'
import { shapesOf } from '../../transform/shapes.ts'
import type { Issue, IssueTag } from './issue.ts'
import { issue, issueOf } from './issue.ts'
import type { WeightedTerm } from '../game/objective.ts'
import { named, weightAt } from '../game/objective.ts'
import type { Network } from '../game/play.ts'
import { createPlay } from '../game/play.ts'
import type { Spec } from '../game/spec.ts'
import { objectiveOf } from '../game/spec.ts'
import type { PlayerState, State } from '../step/state.ts'
import { initialShapes } from '../step/state.ts'
import { entryPath } from './staticChecks.ts'

/** Problems that show when the parts of a spec are traced, one part at a time. */

export const attempt = <A>(tag: IssueTag, path: Issue['path'], f: () => A): E.Either<Issue, A> =>
  E.tryCatch(f, (cause) => issueOf(tag, path, cause))

const avalOf = ({ shape, dtype }: Aval): Aval => ({ shape, dtype })

/** Runs `f` on traced stand-ins of `tree`'s leaves and forgets the program: only what f observes counts. */
export const observe = <T>(tree: T, f: (tree: T) => void): void => {
  shapesOf(
    'Gan.validate',
    (...[traced]: unknown[]) => {
      f(traced as T)
      return []
    },
    tree
  )
}

/** Data and labels of a minibatch beside a state, as far as they are known. */
export interface Example {
  readonly state: State
  readonly real: Tensor
  readonly labels: Tensor | undefined
}

export const blankLabels = (spec: Spec, batchSize: number): Tensor | undefined =>
  spec.labels === undefined ? undefined : blank({ shape: [batchSize], dtype: 'int32' })

/** The networks as a play sees them, at a state, with one player's parameters in place of its own. */
const networksAt = (spec: Spec, state: State, player?: string, params?: unknown): Readonly<Record<string, Network>> =>
  Object.fromEntries(
    Object.entries(spec.networks).map(([name, net], i): [string, Network] => [
      name,
      (x, labels) => {
        const { params: own, layers }: PlayerState = state.players[name] ?? { params: [], layers: [], optimizer: [] }
        const given = name === player ? params : own
        const context = { params: given, state: layers, key: foldIn(state.key, i), training: true, labels }
        return net.apply(context, x)[0]
      }
    ])
  )

const tensorOr = (tag: IssueTag, path: Issue['path'], hint: string, x: unknown): E.Either<Issue, Aval> =>
  isTensor(x) ? E.right(avalOf(x)) : E.left(issue(tag, path, 'a tensor', showValue(x), hint))

/** Every network initialized on its own, so that all that fail are told. */
export const examineInitials = (spec: Spec): readonly Issue[] =>
  Object.keys(spec.networks).flatMap((name) => {
    const alone = {
      ...spec,
      networks: { [name]: spec.networks[name] } as Spec['networks'],
      optimizers: {},
      average: undefined
    }
    const tried = attempt('NetworkFailed', ['networks', name], () => initialShapes(alone, {}))
    return E.isLeft(tried) ? [tried.left] : []
  })

/** Shape of a fake minibatch, or why there is none. */
export const examineGenerator = (spec: Spec, state: State, batchSize: number): E.Either<Issue, Aval> => {
  let latent: unknown
  const sampled = attempt('TermFailed', ['prior'], () => {
    observe(state, (s) => {
      latent = spec.prior.sample(s.key, batchSize)
    })
  })
  if (E.isLeft(sampled)) return sampled
  if (!isTensor(latent) || !equalShapes(latent.shape, [batchSize, ...spec.prior.shape]))
    return E.left(
      issue(
        'Misfit',
        ['prior', 'sample'],
        `latents ${showShape([batchSize, ...spec.prior.shape])}`,
        isTensor(latent) ? showAval(latent) : showValue(latent),
        'sample(key, n) gives [n, ...shape]'
      )
    )
  const path = ['networks', 'generator']
  let fake: unknown
  const apply = (labels: Tensor | undefined): E.Either<Issue, void> =>
    attempt('NetworkFailed', path, () => {
      observe({ state, labels }, (of) => {
        fake = networksAt(spec, of.state)['generator']?.(spec.prior.sample(of.state.key, batchSize), of.labels)
      })
    })
  const applied = apply(blankLabels(spec, batchSize))
  if (E.isRight(applied)) return tensorOr('NetworkFailed', path, 'A network gives a tensor', fake)
  const labelled = spec.labels === undefined && E.isRight(apply(blank({ shape: [batchSize], dtype: 'int32' })))
  return labelled
    ? E.left(
        issue(
          'Missing',
          ['labels'],
          'labels, without which the generator fails',
          'none',
          'Gan.withLabels({ classes: 10 })'
        )
      )
    : applied
}

/** What is wrong with the discriminator on what the generator makes: nothing else is known to be shown to it. */
export const examineCritic = (spec: Spec, stage: Example): readonly Issue[] => {
  const tried = attempt('Misfit', ['networks', 'discriminator'], () => {
    observe(stage, ({ state, real, labels }) => {
      const networks = networksAt(spec, state)
      createPlay({ networks, real: () => real, latent: state.key, key: state.key, step: state.step })('scores', 0).D(
        real,
        labels
      )
    })
  })
  return E.isLeft(tried) ? [tried.left] : []
}

/** What tracing one entry showed. */
export interface ExaminedEntry {
  readonly issues: readonly Issue[]
  /** It threw: its value is not known. */
  readonly failed: boolean
  /** Its value depends on labels. */
  readonly readsLabels: boolean
}

const drawActual = (value: unknown): string =>
  isTensor(value)
    ? showAval(value)
    : Array.isArray(value)
      ? 'an array'
      : typeof value === 'number'
        ? `the number ${String(value)}`
        : showValue(value)

const examineWeight = (entry: WeightedTerm, path: Issue['path'], state: State): readonly Issue[] => {
  if (typeof entry.weight !== 'function') return []
  let weight: unknown
  const traced = attempt('TermFailed', [...path, 'weight'], () => {
    observe(state, (s) => {
      weight = weightAt(entry, s.step)
    })
  })
  if (E.isLeft(traced)) return [traced.left]
  return typeof weight === 'number' || (isTensor(weight) && weight.shape.length === 0)
    ? []
    : [
        issue(
          'NotScalar',
          [...path, 'weight'],
          'a scalar',
          drawActual(weight),
          'schedule(f) takes the step, an int32 scalar, to a scalar'
        )
      ]
}

const examineEntry = (
  spec: Spec,
  stage: Example,
  batchSize: number,
  player: string,
  entry: WeightedTerm,
  index: number
): ExaminedEntry => {
  const path = entryPath(spec, player, index, entry.name)
  const value = ({ state, real, labels }: Example, params: unknown): Tensor =>
    entry.term(
      createPlay({
        networks: networksAt(spec, state, player, params),
        real: () => real,
        latent: spec.prior.sample(state.key, batchSize),
        realLabels: () => labels,
        fakeLabels: labels,
        key: state.key,
        step: state.step
      })(entry.name, index)
    )
  let scalar: unknown
  const seen = { moves: false, readsLabels: false }
  const traced = attempt('TermFailed', path, () => {
    observe(stage, (at) => {
      seen.moves = reaches((params) => {
        const made = value(at, params)
        scalar = made
        // What is no tensor is told below, not by what fails to differentiate it.
        return isTensor(made) && made.dtype === 'float32' ? made : zeros([])
      }, at.state.players[player]?.params)
      if (isNode(scalar) && isNode(at.labels)) seen.readsLabels = dependents(nodesOf([scalar]), [at.labels]).has(scalar)
    })
  })
  if (E.isLeft(traced)) return { issues: [traced.left], failed: true, readsLabels: false }
  const isCall = Array.isArray(scalar) && entry.name.length > 0
  if (!isTensor(scalar) || scalar.dtype !== 'float32' || scalar.shape.length !== 0)
    return {
      issues: [
        issue(
          'NotScalar',
          path,
          'a float32 scalar, shape []',
          drawActual(scalar),
          isCall ? `A term gives a scalar; is it ${entry.name}() that was meant?` : 'Take the mean over samples'
        )
      ],
      failed: false,
      readsLabels: seen.readsLabels
    }
  const still = issue(
    'NoGradient',
    path,
    `a term whose gradient reaches the parameters of ${player}`,
    'one that does not depend on them in a differentiable way: it would do nothing',
    'Check for stopGradient, for a term given to the wrong player, and for gradients taken with respect to a constant'
  )
  return { issues: seen.moves ? [] : [still], failed: false, readsLabels: seen.readsLabels }
}

export const examineEntries = (spec: Spec, stage: Example, batchSize: number): readonly ExaminedEntry[] =>
  Object.keys(spec.networks).flatMap((player) =>
    named(objectiveOf(spec, player)).flatMap((entry, index) => {
      const weight = examineWeight(entry, entryPath(spec, player, index, entry.name), stage.state)
      const examined = examineEntry(spec, stage, batchSize, player, entry, index)
      return [{ ...examined, issues: [...examined.issues, ...weight] }]
    })
  )

/** Optimizers and projections, each traced on parameters as gradients. */
export const examineUpdates = (spec: Spec, state: State): readonly Issue[] =>
  Object.keys(spec.networks).flatMap((player) => {
    const params = state.players[player]?.params
    const optimizer = spec.optimizers[player]
    const projection = spec.projections[player]
    const tried = [
      attempt('TermFailed', ['optimizers', player], () => {
        if (optimizer === undefined || optimizer.problems.length > 0) return
        observe({ params, state: shapesOf('Gan.validate', optimizer.init, params) }, (of) => {
          treeMap((p) => p, of.params, optimizer.update(of.params, of.state, of.params)[0])
        })
      }),
      attempt('TermFailed', ['projections', player], () => {
        if (projection === undefined || (projection.problems ?? []).length > 0) return
        observe(params, (p) => {
          treeMap((q) => q, p, projection.apply(p))
        })
      })
    ]
    return tried.flatMap((one) => (E.isLeft(one) ? [one.left] : []))
  })

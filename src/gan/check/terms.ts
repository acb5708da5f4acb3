import * as E from '#fp-ts/Either'
import { zeros } from '../../ops/creation.ts'
import { isNode } from '../../program/node.ts'
import { dependents, nodesOf } from '../../program/program.ts'
import { isThenable } from '../../program/trace.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import { isTensor } from '../../tensor/tensor.ts'
import { gradientReaches } from '../../transform/reach.ts'
import { augmentedAt } from '../game/augmentedAt.ts'
import { heldConstant, isFrozen } from '../game/frozen.ts'
import { playNetworks } from '../game/networks.ts'
import type { WeightedTerm } from '../game/objective.ts'
import { named, weightAt } from '../game/objective.ts'
import { createPlay } from '../game/play.ts'
import type { Network } from '../game/players.ts'
import type { Spec } from '../game/spec.ts'
import { isMinimized, objectiveOf, termPath } from '../game/spec.ts'
import { blankStep } from './networks.ts'
import type { Issue } from './issue.ts'
import { issue } from './issue.ts'
import type { Seen } from './scores.ts'
import { checkChannels, checkPairs, checkSquashed } from './scores.ts'
import type { Example, Failure } from './trace.ts'
import { attempt, observe, showResult } from './trace.ts'

/** Holds what tracing one term showed. */
export interface ExaminedTerm {
  readonly player: string
  readonly issues: readonly Issue[]
  /** What seems wrong with it, or with the scores that it was given: of several terms, the same. */
  readonly warnings: readonly Issue[]
  /** What it threw; its value is then not known. */
  readonly failure: Failure | undefined
  /** Whether its value depends on labels. */
  readonly readsLabels: boolean
  /** Whether it reads data. */
  readonly readsReal: boolean
  /** Shapes of its draws, by `term/name`. */
  readonly draws: Readonly<Record<string, Aval>>
  /** First values of what it recalls, by `term/name`. */
  readonly recalls: Readonly<Record<string, number>>
}

const examineWeight = (term: WeightedTerm, path: Issue['path']): readonly Issue[] => {
  if (typeof term.weight !== 'function') return []
  let weight: unknown
  const traced = attempt('TermFailed', [...path, 'weight'], () => {
    observe(blankStep, (step) => {
      weight = weightAt(term, step)
    })
  })
  if (E.isLeft(traced)) return [traced.left.issue]
  return typeof weight === 'number' || (isTensor(weight) && weight.shape.length === 0)
    ? []
    : [
        issue(
          'NotScalar',
          [...path, 'weight'],
          'a scalar',
          showResult(weight),
          'schedule(f) takes the step, an int32 scalar, to a scalar'
        )
      ]
}

const notScalar = (term: WeightedTerm, path: Issue['path'], value: unknown): Issue =>
  issue(
    'NotScalar',
    path,
    'a float32 scalar, shape []',
    showResult(value),
    isThenable(value)
      ? 'A term is traced at once and cannot wait: compute what it waits for before'
      : Array.isArray(value) && term.name.length > 0
        ? `A term gives a scalar; is it ${term.name}() that was meant?`
        : 'Take the mean over samples'
  )

const noGradient = (player: string, path: Issue['path'], { name, options }: WeightedTerm): Issue =>
  issue(
    'NoGradient',
    path,
    `a term whose gradient reaches the parameters of ${player}`,
    'one that does not depend on them in a differentiable way: it would do nothing',
    options !== undefined && options['player'] === undefined && !['generator', 'discriminator'].includes(player)
      ? `Is it ${name}({ player: '${player}' }) that was meant?`
      : 'Check for stopGradient, for a term given to the wrong player, and for gradients taken with respect to a constant'
  )

/** Finds what a term remembers without ever recalling it, so that nobody knows its value before the first step. */
const unrecalled = (player: string, name: string): Issue =>
  issue(
    'TermFailed',
    ['memories', player, name],
    'a term that recalls what it remembers',
    `remember('${name.slice(name.lastIndexOf('/') + 1)}', ...) without recall of that name`,
    'recall(name, initial) says what the memory is before the first step'
  )

const isScalar = (x: unknown): x is Tensor => isTensor(x) && x.dtype === 'float32' && x.shape.length === 0

/** Traces one term of a player's objective with its gradient. `index` is its place in the objective. */
const examineTerm = (
  spec: Spec,
  example: Example,
  batchSize: number,
  player: string,
  term: WeightedTerm,
  index: number
): ExaminedTerm => {
  const path = termPath(spec, player, index, term.name)
  const draws: Record<string, Aval> = {}
  const recalls: Record<string, number> = {}
  const remembered = new Set<string>()
  const given: Tensor[] = []
  const scores: Seen[] = []
  let readsReal = false
  const heard = (name: string, network: Network): Network =>
    Object.assign((...[x, own]: Parameters<Network>) => {
      const y = network(x, own)
      if (name !== 'generator') given.push(y)
      return y
    }, network)
  const valueAt = ({ players, key, step, real, labels }: Example, params: unknown): unknown => {
    const networksAt = (at: unknown): Readonly<Record<string, Network>> => {
      const mover = { player, params: heldConstant(spec, player, at) }
      const { networks } = playNetworks(spec.networks, players, key, mover, augmentedAt(spec, {}, step))
      return Object.fromEntries(Object.entries(networks).map(([name, network]) => [name, heard(name, network)]))
    }
    return term.term(
      createPlay({
        networks: networksAt(params),
        mover: { params, networks: networksAt },
        real: () => {
          readsReal = true
          return real
        },
        latent: spec.prior.sample(key, batchSize),
        realLabels: () => {
          readsReal = readsReal || labels !== undefined
          return labels
        },
        fakeLabels: labels,
        key,
        step,
        outputs: spec.loss?.outputs,
        shown: spec.loss?.shown,
        onDraw: (name, { shape, dtype }) => (draws[name] = { shape, dtype }),
        onRecall: (name, initial) => (recalls[name] = initial),
        onRemember: (name) => remembered.add(name),
        onScores: (critic, y) => scores.push({ player: critic, scores: y })
      })(term.name, index)
    )
  }
  let value: unknown
  const seen = { moves: false, labels: false }
  const warnings: Issue[] = []
  const traced = attempt('TermFailed', path, () => {
    observe(example, (at) => {
      const params = at.players[player]?.params
      if (isMinimized(term))
        seen.moves = gradientReaches((moving) => {
          value = valueAt(at, moving)
          // What is no scalar is told below, not by what fails to differentiate it.
          return isTensor(value) && value.dtype === 'float32' ? value : zeros([])
        }, params)
      else value = valueAt(at, params)
      if (isNode(value) && isNode(at.labels)) seen.labels = dependents(nodesOf([value]), [at.labels]).has(value)
      warnings.push(
        ...(spec.loss?.raw === true && path[0] === 'loss' ? checkSquashed(scores) : []),
        ...checkChannels(scores),
        ...(isTensor(value) ? checkPairs(value, given, batchSize, path) : [])
      )
    })
  })
  // What a term does with options that are wrong tells nothing new.
  const isSound = (term.problems ?? []).every(({ path: [option] }) => option === 'weight' || option === 'every')
  const failure = E.isLeft(traced) && isSound ? traced.left : undefined
  const found =
    E.isLeft(traced) || !isSound
      ? []
      : !isScalar(value)
        ? [notScalar(term, path, value)]
        : seen.moves || !isMinimized(term) || isFrozen(spec, player)
          ? []
          : [noGradient(player, path, term)]
  const forgotten = [...remembered].filter((name) => !(name in recalls)).map((name) => unrecalled(player, name))
  return {
    player,
    issues: [...found, ...forgotten],
    warnings,
    failure,
    readsLabels: seen.labels,
    readsReal,
    draws,
    recalls
  }
}

/** Traces every term of every player, one at a time, and its weight. */
export const examineTerms = (spec: Spec, example: Example, batchSize: number): readonly ExaminedTerm[] =>
  Object.keys(spec.networks).flatMap((player) =>
    named(objectiveOf(spec, player)).map((term, index) => {
      const examined = examineTerm(spec, example, batchSize, player, term, index)
      return {
        ...examined,
        issues: [...examined.issues, ...examineWeight(term, termPath(spec, player, index, term.name))]
      }
    })
  )

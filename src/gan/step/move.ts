import { add, mul, square } from '../../ops/arithmetic.ts'
import { sqrt } from '../../ops/elementary.ts'
import { sum } from '../../ops/reduction.ts'
import type { Optimizer } from '../../optim/optimizer.ts'
import { applyUpdates } from '../../optim/optimizer.ts'
import { fail } from '../../tensor/error.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { treeLeaves } from '../../tensor/tree.ts'
import { valueAndGrad } from '../../transform/grad.ts'
import type { WeightedTerm } from '../game/objective.ts'
import { named, weightAt } from '../game/objective.ts'
import { playNetworks } from '../game/networks.ts'
import type { PlaySource } from '../game/play.ts'
import { createPlay } from '../game/play.ts'
import type { Spec } from '../game/spec.ts'
import { objectiveOf } from '../game/spec.ts'
import type { PlayerState, State } from './state.ts'

/** Holds what an update came to: the player after it, and its figures from before it. */
export interface Moved {
  readonly state: PlayerState
  readonly memories: Readonly<Record<string, Tensor>>
  /** The objective: the weighted sum of the terms that counted. */
  readonly loss: Tensor
  /** 2-norm of the gradient of all parameters together. */
  readonly gradientNorm: Tensor
  /** Each term's value, without its weight. */
  readonly terms: Readonly<Record<string, Tensor>>
}

const zero: Tensor = { shape: [], dtype: 'float32', data: Float32Array.of(0) }

const total = (values: readonly Tensor[]): Tensor => {
  const [first = zero, ...rest] = values
  return rest.reduce((a, b) => add(a, b), first)
}

const missing = (what: string): never =>
  fail('InvalidArgument', { op: 'Gan', expected: what, actual: 'none', hint: 'Gan.validate says what a spec lacks' })

const stateOf = (state: State, player: string): PlayerState =>
  state.players[player] ?? missing(`a state for the player ${player}`)

const optimizerOf = (spec: Spec, player: string): Optimizer =>
  spec.optimizers[player] ?? missing(`an optimizer for the player ${player}`)

/**
 * Computes one player's update: the gradient of its objective at its parameters, its optimizer's step, its projection.
 */
export const move = (
  spec: Spec,
  state: State,
  player: string,
  source: Omit<PlaySource, 'networks' | 'memories' | 'onRemember'>,
  active: (term: WeightedTerm) => boolean
): Moved => {
  const own = stateOf(state, player)
  const memories = state.memories[player] ?? {}
  const objective = named(objectiveOf(spec, player))
    .map((term, index) => ({ term, index }))
    .filter(({ term }) => active(term))

  const loss = (params: unknown): [Tensor, Pick<Moved, 'memories' | 'terms'> & { readonly layers: unknown }] => {
    const { networks, layers } = playNetworks(spec.networks, state.players, source.key, { player, params })
    const remembered: Record<string, Tensor> = { ...memories }
    const play = createPlay({
      ...source,
      networks,
      memories,
      onRemember: (name, value) => {
        remembered[name] = value
      }
    })
    const values = objective.map(({ term, index }) => ({ term, value: term.term(play(term.name, index)) }))
    return [
      total(values.map(({ term, value }) => mul(value, weightAt(term, state.step)))),
      {
        layers: layers(),
        memories: remembered,
        terms: Object.fromEntries(values.map(({ term, value }) => [term.name, value]))
      }
    ]
  }

  const [[value, { layers, memories: remembered, terms }], gradients] = valueAndGrad(loss, { hasAux: true })(own.params)
  const [updates, optimizer] = optimizerOf(spec, player).update(gradients, own.optimizer, own.params)
  const updated = applyUpdates(own.params, updates)
  const params = spec.projections[player]?.apply(updated) ?? updated
  return {
    state: { params, layers, optimizer },
    memories: remembered,
    loss: value,
    gradientNorm: sqrt(total(treeLeaves(gradients).map((g) => sum(square(g))))),
    terms
  }
}

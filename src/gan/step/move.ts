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

/** Holds what one update gives: the player after it, and its loss and gradient at the parameters before it. */
export interface Moved {
  readonly state: PlayerState
  /** All memories of the player's terms after the update, by `term/name`. */
  readonly memories: Readonly<Record<string, Tensor>>
  /** The objective: the weighted sum of the terms that counted. float32 []. */
  readonly loss: Tensor
  /** 2-norm of the gradient of all parameters together. float32 []. */
  readonly gradientNorm: Tensor
  /** The value of each term that counted, by name, without its weight. float32 []. */
  readonly terms: Readonly<Record<string, Tensor>>
}

/** The sum of no values. */
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
 * `source` is what the players of its phase share; `active` tests whether a term counts.
 *
 * @throws InvalidArgument where the state or the spec's optimizers lack the player; whatever networks and terms throw
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
  // Numbered before they are filtered: a term's key does not depend on which others count.
  const objective = named(objectiveOf(spec, player))
    .map((term, index) => ({ term, index }))
    .filter(({ term }) => active(term))

  const loss = (params: unknown): [Tensor, Pick<Moved, 'memories' | 'terms'> & { readonly layerState: unknown }] => {
    const { networks, layers } = playNetworks(spec.networks, state.players, source.key, { player, params })
    const remembered: Record<string, Tensor> = { ...memories }
    const playOf = createPlay({
      ...source,
      networks,
      memories,
      onRemember: (name, value) => {
        remembered[name] = value
      }
    })
    const values = objective.map(({ term, index }) => ({ term, value: term.term(playOf(term.name, index)) }))
    return [
      total(values.map(({ term, value }) => mul(value, weightAt(term, state.step)))),
      {
        layerState: layers(),
        memories: remembered,
        terms: Object.fromEntries(values.map(({ term, value }) => [term.name, value]))
      }
    ]
  }

  const [[value, { layerState, memories: remembered, terms }], gradients] = valueAndGrad(loss, { hasAux: true })(
    own.params
  )
  const [updates, optimizerState] = optimizerOf(spec, player).update(gradients, own.optimizer, own.params)
  const updated = applyUpdates(own.params, updates)
  const params = spec.projections[player]?.apply(updated) ?? updated
  return {
    state: { params, layers: layerState, optimizer: optimizerState },
    memories: remembered,
    loss: value,
    gradientNorm: sqrt(total(treeLeaves(gradients).map((g) => sum(square(g))))),
    terms
  }
}

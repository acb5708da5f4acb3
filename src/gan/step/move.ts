import { add, mul, square } from '../../ops/arithmetic.ts'
import { sqrt } from '../../ops/elementary.ts'
import { sum } from '../../ops/reduction.ts'
import type { Layer } from '../../nn/layer.ts'
import type { Optimizer } from '../../optim/optimizer.ts'
import { applyUpdates } from '../../optim/optimizer.ts'
import { traceDepth } from '../../program/trace.ts'
import { foldIn } from '../../random/key.ts'
import { fail } from '../../tensor/error.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { treeLeaves } from '../../tensor/tree.ts'
import { valueAndGrad } from '../../transform/grad.ts'
import type { WeightedTerm } from '../game/objective.ts'
import { named, weightAt } from '../game/objective.ts'
import type { Input, Network, PlaySource } from '../game/play.ts'
import { createPlay } from '../game/play.ts'
import type { Spec } from '../game/spec.ts'
import { objectiveOf } from '../game/spec.ts'
import type { PlayerState, State } from './state.ts'

/** What an update came to: the player after it, and its figures from before it. */
export interface Moved {
  readonly state: PlayerState
  readonly memories: Readonly<Record<string, Tensor>>
  /** The objective: the weighted sum of the entries that counted. */
  readonly loss: Tensor
  /** 2-norm of the gradient of all parameters together. */
  readonly gradientNorm: Tensor
  /** Each entry's value, without its weight. */
  readonly terms: Readonly<Record<string, Tensor>>
}

export interface MoveOptions {
  /** Whether an entry counts at this step. */
  readonly active: (entry: WeightedTerm) => boolean
  readonly onRecall?: ((player: string, name: string, initial: number) => void) | undefined
  readonly onRemember?: ((player: string, name: string) => void) | undefined
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
 * The networks as the terms of one player's update see them: its own with the parameters that are being differentiated,
 * all others as they are. Each has one key for all its applications, so that D is one function during an update. Its own
 * layer state advances by the first application at the top level of the loss; those inside a derivative that a term takes
 * only read it, as do all further ones.
 */
const networksFor = (
  networks: Readonly<Record<string, Layer>>,
  state: State,
  player: string,
  params: unknown,
  key: Tensor
): { readonly networks: Readonly<Record<string, Network>>; readonly layers: () => unknown } => {
  const depth = traceDepth()
  const names = Object.keys(networks).sort()
  let advanced: { readonly layers: unknown } | undefined
  const networkOf = ([name, net]: readonly [string, Layer]): [string, Network] => {
    const { params: held, layers: before } = stateOf(state, name)
    // Entries draw from keys folded from 0, 1 ...; masks from those below.
    const mask = foldIn(key, -1 - names.indexOf(name))
    const given = name === player ? params : held
    return [
      name,
      (x: Input, labels) => {
        const [y, after] = net.apply({ params: given, state: before, key: mask, training: true, labels }, x)
        if (name === player && traceDepth() === depth) advanced ??= { layers: after }
        return y
      }
    ]
  }
  return {
    networks: Object.fromEntries(Object.entries(networks).map(networkOf)),
    layers: () => (advanced === undefined ? stateOf(state, player).layers : advanced.layers)
  }
}

/** One player's update: the gradient of its objective at its parameters, its optimizer's step, its projection. */
export const move = (
  spec: Spec,
  state: State,
  player: string,
  source: Omit<PlaySource, 'networks' | 'memories' | 'onRecall' | 'onRemember'>,
  { active, onRecall, onRemember }: MoveOptions
): Moved => {
  const own = stateOf(state, player)
  const memories = state.memories[player] ?? {}
  const objective = named(objectiveOf(spec, player))
    .map((entry, index) => ({ entry, index }))
    .filter(({ entry }) => active(entry))

  const loss = (params: unknown): [Tensor, Pick<Moved, 'memories' | 'terms'> & { readonly layers: unknown }] => {
    const { networks, layers } = networksFor(spec.networks, state, player, params, source.key)
    const remembered: Record<string, Tensor> = { ...memories }
    const play = createPlay({
      ...source,
      networks,
      memories,
      onRecall: (name, initial) => onRecall?.(player, name, initial),
      onRemember: (name, value) => {
        onRemember?.(player, name)
        remembered[name] = value
      }
    })
    const values = objective.map(({ entry, index }) => ({ entry, value: entry.term(play(entry.name, index)) }))
    return [
      total(values.map(({ entry, value }) => mul(value, weightAt(entry, state.step)))),
      {
        layers: layers(),
        memories: remembered,
        terms: Object.fromEntries(values.map(({ entry, value }) => [entry.name, value]))
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

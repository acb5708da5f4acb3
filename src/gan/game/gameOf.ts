import { mul } from '../../ops/arithmetic.ts'
import { sqrt } from '../../ops/elementary.ts'
import type { Optimizer } from '../../optim/optimizer.ts'
import { applyUpdates } from '../../optim/optimizer.ts'
import { fail } from '../../tensor/error.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { valueAndGrad } from '../../transform/grad.ts'
import { augmentedAt } from './augmentedAt.ts'
import { heldConstant, isFrozen, putBack } from './frozen.ts'
import { playNetworks } from './networks.ts'
import type { WeightedTerm } from './objective.ts'
import { named, weightAt } from './objective.ts'
import type { Effects, Game, Phase, Where } from './phase.ts'
import type { PlaySource } from './play.ts'
import { createPlay } from './play.ts'
import type { PlayerState, Position } from './position.ts'
import { withParams } from './position.ts'
import { squaredNorm, total } from './profile.ts'
import type { Spec } from './spec.ts'
import { isMinimized, objectiveOf } from './spec.ts'

/** Holds a minibatch with all that is drawn beside it. */
export type GameSource = Omit<PlaySource, 'networks' | 'memories' | 'outputs' | 'shown' | 'mover' | 'onRemember'>

const missing = (what: string): never =>
  fail('InvalidArgument', { op: 'Gan', expected: what, actual: 'none', hint: 'Gan.validate says what a spec lacks' })

const stateOf = (position: Position, player: string): PlayerState =>
  position.players[player] ?? missing(`a state for the player ${player}`)

const optimizerOf = (spec: Spec, player: string): Optimizer =>
  spec.optimizers[player] ?? missing(`an optimizer for the player ${player}`)

/** Makes a player's objective at a position: a function of its parameters, to its value and what else that leaves. */
const objectiveAt = (
  spec: Spec,
  player: string,
  position: Position,
  source: GameSource,
  active: (term: WeightedTerm) => boolean
) => {
  const memories = position.memories[player] ?? {}
  // Numbered before they are filtered: a term's key does not depend on which others count.
  const counting = named(objectiveOf(spec, player))
    .map((term, index) => ({ term, index }))
    .filter(({ term }) => active(term))
  const minimized = counting.filter(({ term }) => isMinimized(term))
  const metrics = counting.filter(({ term }) => !isMinimized(term))
  return (params: unknown): [Tensor, Omit<Effects, 'loss'>] => {
    const augmented = augmentedAt(spec, position.memories, source.step)
    const networksAt = (at: unknown) => {
      const mover = { player, params: heldConstant(spec, player, at) }
      return playNetworks(spec.networks, position.players, source.key, mover, augmented)
    }
    const { networks, layers } = networksAt(params)
    const remembered: Record<string, Tensor> = { ...memories }
    const playOf = createPlay({
      ...source,
      networks,
      memories,
      outputs: spec.loss?.outputs,
      shown: spec.loss?.shown,
      mover: { params, networks: (at) => networksAt(at).networks },
      onRemember: (name, value) => {
        remembered[name] = value
      }
    })
    const valueOf = ({ term, index }: { readonly term: WeightedTerm; readonly index: number }) => ({
      term,
      value: term.term(playOf(term.name, index))
    })
    const values = minimized.map(valueOf)
    // Layer states advance by what is minimized, before anything is measured.
    const after = layers()
    const measured = metrics.map(valueOf)
    return [
      total(values.map(({ term, value }) => mul(value, weightAt(term, source.step)))),
      {
        layers: after,
        memories: remembered,
        terms: Object.fromEntries([...values, ...measured].map(({ term, value }) => [term.name, value]))
      }
    ]
  }
}

/**
 * Makes the game of a phase: `sources` are its minibatches, `active` tests whether a term counts at this step. A player
 * none of whose terms counts is in no field, and so does not move.
 *
 * @throws InvalidArgument where the position or the spec's optimizers lack a player, or the rule asks for what the phase
 * does not list; whatever networks and terms throw
 */
export const gameOf = (
  spec: Spec,
  phase: Phase,
  sources: readonly GameSource[],
  cycle: Tensor,
  active: (term: WeightedTerm) => boolean
): Game => {
  const counts = (player: string): boolean =>
    !isFrozen(spec, player) && objectiveOf(spec, player).some((term) => isMinimized(term) && active(term))
  const objective = (player: string, position: Position, { at = {}, minibatch = 0 }: Where) => {
    if (!phase.evaluates.includes(player))
      fail('InvalidArgument', {
        op: 'Update',
        expected: `one of ${phase.evaluates.join(', ')}, whose objectives the phase evaluates`,
        actual: player,
        hint: 'List it in evaluates of Update.phase'
      })
    const source =
      sources[minibatch] ??
      fail('InvalidArgument', {
        op: 'Update',
        expected: `a minibatch below ${String(sources.length)}, as many as the phase has`,
        actual: String(minibatch),
        hint: 'Say how many in minibatches of Update.phase'
      })
    const moved = withParams(position, at)
    return { of: objectiveAt(spec, player, moved, source, active), params: stateOf(moved, player).params }
  }
  return {
    players: phase.players.filter(counts),
    cycle,
    loss: (player, position, where = {}) => {
      const { of, params } = objective(player, position, where)
      return of(params)[0]
    },
    field: (position, { players = phase.players, ...where } = {}) => {
      const evaluated = players.filter(counts).map((player) => {
        const { of, params } = objective(player, position, where)
        const [[loss, effects], gradient] = valueAndGrad(of, { hasAux: true })(params)
        return { player, gradient, effects: { ...effects, loss } }
      })
      return {
        gradients: Object.fromEntries(evaluated.map(({ player, gradient }) => [player, gradient])),
        effects: Object.fromEntries(evaluated.map(({ player, effects }) => [player, effects]))
      }
    },
    step: (position, { gradients, effects }) =>
      Object.entries(gradients).reduce((before, [player, gradient]): Position => {
        const own = stateOf(before, player)
        const left = effects[player] ?? missing(`what the field of ${player} leaves`)
        const [updates, optimizer] = optimizerOf(spec, player).update(gradient, own.optimizer, own.params, cycle)
        const updated = applyUpdates(own.params, updates)
        const projected = spec.projections[player]?.apply(updated) ?? updated
        const params = putBack(spec, player, own.params, projected)
        const { layers, memories, loss, terms } = left
        const figures = { loss, gradientNorm: sqrt(squaredNorm(gradient)), terms }
        return {
          players: { ...before.players, [player]: { params, layers, optimizer } },
          memories: { ...before.memories, [player]: memories },
          figures: { ...before.figures, [player]: [...(before.figures[player] ?? []), figures] }
        }
      }, position)
  }
}

import { foldIn, key } from '../random/key.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { treeMap } from '../tensor/tree.ts'
import type { Spec } from './spec.ts'

/** What a player carries from step to step. */
export interface PlayerState {
  readonly params: unknown
  /** Batch statistics, spectral vectors and the like. */
  readonly layers: unknown
  /** Moments and counts of its optimizer. */
  readonly optimizer: unknown
}

/** Everything that training carries: from it alone, training goes on to the same bits. One tree of tensors. */
export interface State {
  readonly players: Readonly<Record<string, PlayerState>>
  readonly averages: Readonly<Record<string, unknown>>
  /** What terms remember, by player, then by `entry/name`. */
  readonly memories: Readonly<Record<string, Readonly<Record<string, Tensor>>>>
  readonly key: Tensor
  /** int32 scalar: cycles done. */
  readonly step: Tensor
  /** int32 scalar: minibatches taken from the data. */
  readonly cursor: Tensor
}

/** Values that terms want to remember, by player, before they have one. */
export type InitialMemories = Readonly<Record<string, Readonly<Record<string, number>>>>

const scalar = (value: number): Tensor => ({ shape: [], dtype: 'float32', data: Float32Array.of(value) })
const count = (value: number): Tensor => ({ shape: [], dtype: 'int32', data: Int32Array.of(value) })
const copy = (x: Tensor): Tensor => ({ ...x, data: x.data.slice() })

/** The state before the first step. Players are initialized from keys of their own, in the order of their names. */
export const initialState = (spec: Spec, memories: InitialMemories, seed: number): State => {
  const root = key(seed)
  const names = Object.keys(spec.networks).sort()
  const players = Object.fromEntries(
    names.map((name, i): [string, PlayerState] => {
      const { params, state } = spec.networks[name]!.init(foldIn(root, i))
      return [name, { params, layers: state, optimizer: spec.optimizers[name]?.init(params) }]
    })
  )
  return {
    players,
    averages: Object.fromEntries((spec.average?.players ?? []).map((name) => [name, treeMap(copy, players[name]?.params)])),
    memories: Object.fromEntries(
      names.map((player) => [
        player,
        Object.fromEntries(Object.entries(memories[player] ?? {}).map(([name, value]) => [name, scalar(value)]))
      ])
    ),
    key: foldIn(root, names.length),
    step: count(0),
    cursor: count(0)
  }
}

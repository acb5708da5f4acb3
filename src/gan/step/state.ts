import type { Key } from '../../random/key.ts'
import { foldIn } from '../../random/key.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { blank, isTensor } from '../../tensor/tensor.ts'
import type { Path } from '../../tensor/tree.ts'
import { flattenWithPaths } from '../../tensor/tree.ts'
import { shapesOf } from '../../transform/shapes.ts'
import type { Held } from '../game/networks.ts'
import type { PlayerState } from '../game/position.ts'
import { paramsOf } from '../game/position.ts'
import type { Spec } from '../game/spec.ts'
import { phasesOf } from '../game/spec.ts'

/** Holds everything that training carries: from it alone, training goes on to the same bits. One tree of tensors. */
export interface State {
  readonly players: Readonly<Record<string, PlayerState>>
  /** Running averages of parameters, by player. */
  readonly averages: Readonly<Record<string, unknown>>
  /** Running averages of the state of layers, by player, where `withAverage` keeps them. */
  readonly averagedLayers: Readonly<Record<string, unknown>>
  /** Term state: what terms remember, by player, then by `term/name`. */
  readonly memories: Readonly<Record<string, Readonly<Record<string, Tensor>>>>
  /** What the update rule remembers, by those of its phases that remember anything, in order. */
  readonly update: readonly unknown[]
  readonly key: Tensor
  /** int32 scalar: cycles done. */
  readonly step: Tensor
  /** int32 scalar: minibatches taken from the data. */
  readonly cursor: Tensor
}

/** Gives the term state before the first step: by player, then by `term/name`. */
export type InitialMemories = Readonly<Record<string, Readonly<Record<string, number>>>>

const scalar = (value: number): Tensor => ({ shape: [], dtype: 'float32', data: Float32Array.of(value) })
const count = (value: number): Tensor => ({ shape: [], dtype: 'int32', data: Int32Array.of(value) })

/** Returns a count of a state as a number. */
export const countAt = (x: Tensor): number => x.data[0] ?? 0

/** Computes the state before the first step of networks that hold these parameters and layer states. */
export const stateWith = (
  spec: Spec,
  memories: InitialMemories,
  held: Readonly<Record<string, Held>>,
  root: Key
): State => {
  const players = Object.fromEntries(
    Object.entries(held).map(([name, { params, layers }]): [string, PlayerState] => [
      name,
      { params, layers, optimizer: spec.optimizers[name]?.init(params) }
    ])
  )
  const { average } = spec
  const averagesOf = (part: 'params' | 'layers'): Readonly<Record<string, unknown>> =>
    Object.fromEntries((average?.players ?? []).map((name) => [name, held[name]?.[part]]))
  return {
    players,
    averages: averagesOf('params'),
    averagedLayers: average?.statistics === 'average' ? averagesOf('layers') : {},
    memories: Object.fromEntries(
      Object.keys(held)
        .sort()
        .map((player) => [
          player,
          Object.fromEntries(Object.entries(memories[player] ?? {}).map(([name, value]) => [name, scalar(value)]))
        ])
    ),
    update: phasesOf(spec).flatMap(({ players: moved, init }) =>
      init === undefined ? [] : [init(paramsOf({ players }, moved))]
    ),
    key: root,
    step: count(0),
    cursor: count(0)
  }
}

/**
 * Computes the state before the first step from a key. Players are initialized from keys of their own, in the order of
 * their names. To be traced: it is compiled for the engine that trains, and traced alone where only shapes matter.
 */
export const initialState = (spec: Spec, memories: InitialMemories, root: Key): State => {
  const names = Object.keys(spec.networks).sort()
  const held = Object.fromEntries(
    Object.entries(spec.networks).map(([name, net]): [string, Held] => {
      const { params, state } = net.init(foldIn(root, names.indexOf(name)))
      return [name, { params, layers: state }]
    })
  )
  return stateWith(spec, memories, held, foldIn(root, names.length))
}

/** Returns the shapes of a state: `initialState` is traced and not computed, which takes a moment and no memory. */
export const initialShapes = (spec: Spec, memories: InitialMemories): State =>
  shapesOf('Gan.compile', (root: Key) => initialState(spec, memories, root), blank({ shape: [2], dtype: 'int32' }))

/** Finds the first place in a state that holds NaN or an infinity. */
export const notFinite = (state: State): { readonly path: Path; readonly value: number } | undefined => {
  const { leaves, paths } = flattenWithPaths(state, 'state')
  for (const [i, leaf] of leaves.entries()) {
    if (!isTensor(leaf) || leaf.dtype !== 'float32') continue
    const { data } = leaf
    for (let j = 0; j < data.length; j++) {
      const value = data[j] ?? 0
      // x - x is 0 for every finite x.
      if (value - value !== 0) return { path: paths[i] ?? [], value }
    }
  }
  return undefined
}

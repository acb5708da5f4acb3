import type { Layer } from '../../nn/layer.ts'
import type { Key } from '../../random/key.ts'
import { fail } from '../../tensor/error.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { blank } from '../../tensor/tensor.ts'
import { shapesOf } from '../../transform/shapes.ts'
import type { Held } from '../game/networks.ts'
import { badState, differences } from './checkState.ts'
import type { State } from './state.ts'

/**
 * Reads what the generator is applied with off a state, which comes from outside: by default its running average where the
 * state keeps one.
 */
export const heldBy = (op: string, net: Layer, state: unknown, parameters: 'average' | 'current' | undefined): Held => {
  const invalid = (expected: string, actual: string, hint: string): never =>
    fail('InvalidArgument', { op, expected, actual, hint })
  const { players, averages, averagedLayers } = { ...(state as Partial<State> | undefined) }
  const own = players?.['generator']
  if (own === undefined)
    return invalid('a state of a generator', 'a state without one', 'await step.init(seed), or the state of a training')
  const average = parameters === 'current' ? undefined : averages?.['generator']
  if (average === undefined && parameters === 'average')
    return invalid(
      'a state with an average of the generator',
      'a state without one',
      "Gan.withAverage({ decay: 0.999 }) keeps one; parameters: 'current' takes the generator as it is"
    )
  const layers = (average === undefined ? undefined : averagedLayers?.['generator']) ?? own.layers
  const held: Held = { params: average ?? own.params, layers }
  const like = shapesOf(op, (k: Key) => net.init(k), blank({ shape: [2], dtype: 'int32' }))
  const [misfit] = differences({ params: like.params, layers: like.state }, held, ['players', 'generator'])
  if (misfit === undefined) return held
  const { path, expected, actual, hint } = badState(misfit)
  return invalid(`${expected} as ${path.join('.')}`, actual, hint)
}

/** Lists what a generator is applied with beside its parameters and latents. */
export interface Applying {
  readonly key: Key
  readonly labels?: Tensor | undefined
  /** Whether dropout drops as in training. */
  readonly dropout?: boolean | undefined
}

/** Makes a function of latents of a generator in evaluation mode: running batch statistics, no dropout unless asked for. */
export const generatorWith =
  (net: Layer, { params, layers }: Held, { key, labels, dropout }: Applying): ((z: Tensor) => Tensor) =>
  (z) =>
    net.apply({ params, state: layers, key, training: false, dropout, labels }, z)[0]

import type { None } from '../tensor/arguments.ts'
import type { Layer, LayerRules, Tree } from './layer.ts'
import { layer } from './layer.ts'

/**
 * Completes a layer of one's own from its rules. A layer that has problems refuses to run.
 *
 * @example
 * import { Net, ones, mul, tensor } from 'saddlepoint'
 * const gain = Net.layer({
 *   name: 'gain',
 *   init: () => ({ params: { gain: ones([]) }, state: [] }),
 *   apply: ({ params, state }, x) => [mul(x, params.gain), state]
 * })
 * const { params, state } = gain.init(tensor([0, 0], [2], 'int32'))
 * gain.apply({ params, state }, tensor([[1, 2]]))[0].data // => [1, 2]
 */
export const ownLayer = <In, Out, P extends Tree = readonly [], S extends Tree = readonly []>(
  rules: LayerRules<P, S>,
  ...more: None
): Layer<In, Out> => ({ ...layer<In, Out, P, S>(rules, ...more), isOwn: true })

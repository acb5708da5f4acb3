import * as E from '#fp-ts/Either'
import { concat } from '../ops/assembly.ts'
import { reshape } from '../ops/shaping.ts'
import { sizeOf } from '../tensor/shape.ts'
import { treeLeaves } from '../tensor/tree.ts'
import { sizeOfFeatures } from './features.ts'
import type { Layer, Tree } from './layer.ts'
import { layer } from './layer.ts'

/**
 * Joins a tree of batches to one: the features of each flattened, then all side by side, records in the order of
 * their sorted keys.
 *
 * @formula { a, b } -> (a, b)
 * @when a critic sees data and latents together, as BiGAN's does
 * @see Donahue, Krähenbühl and Darrell, Adversarial feature learning (2017)
 *
 * @example
 * import { Net, tensor } from 'saddlepoint'
 * const pair = { data: tensor([[1, 2]]), latent: tensor([[3]]) }
 * Net.join.apply({ params: [], state: [] }, pair)[0].data // => [1, 2, 3]
 */
export const join: Layer<unknown, readonly [number]> = layer<unknown, readonly [number]>({
  name: 'join',
  fit: (features) => E.right([sizeOfFeatures(features)]),
  takesTrees: true,
  apply: ({ state }, x: Tree) => [
    concat(
      treeLeaves(x).map((leaf) => reshape(leaf, [leaf.shape[0] ?? 0, sizeOf(leaf.shape.slice(1))])),
      { axis: 1 }
    ),
    state
  ]
})

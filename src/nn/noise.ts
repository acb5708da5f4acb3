import type { None } from '../tensor/arguments.ts'
import { add, mul } from '../ops/arithmetic.ts'
import { zeros } from '../ops/creation.ts'
import { reshape } from '../ops/shaping.ts'
import { normal } from '../random/normal.ts'
import { count, readOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { imageFeatures } from './features.ts'
import type { Same } from './featureTypes.ts'
import type { Layer, Tree } from './layer.ts'
import { callOf, layer } from './layer.ts'

/**
 * Adds one normal number a pixel, times a learnt strength a channel that begins at 0: [channels, H, W] -> [channels,
 * H, W]. Details that need not be decided by the latent come from it. Without a key (outside of training) nothing is
 * added.
 *
 * @formula y_c = x_c + b_c n, n normal
 * @when images have details of chance, hair or leaves
 * @see Karras et al., A style-based generator architecture (2019), section 2
 *
 * @example
 * import { Net, Random, ones } from 'saddlepoint'
 * const layer = Net.noise(2)
 * const { state } = layer.init(Random.key(0))
 * const x = ones([1, 2, 4, 4])
 * layer.apply({ params: { strength: ones([2]) }, state, key: Random.key(1) }, x)[0].shape // => [1, 2, 4, 4]
 */
export const noise = <const C extends number>(
  channels: C,
  ...more: None
): Layer<readonly [C, number, number], Same> => {
  type Params = { readonly strength: Tensor; readonly [name: string]: Tree }
  return layer<readonly [C, number, number], Same, Params>({
    name: 'noise',
    title: callOf('noise', channels),
    options: { channels },
    problems: readOptions({}, {}, { channels: count }, { channels }, more).problems,
    accepts: [channels, null, null],
    preserves: true,
    fit: (features) => imageFeatures(features, channels),
    init: () => ({ params: { strength: zeros([channels]) }, state: [] }),
    apply: ({ params: { strength }, state, key }, x) => {
      if (key === undefined) return [x, state]
      const [n = 1, , ...extents] = x.shape
      return [add(x, mul(normal(key, [n, 1, ...extents]), reshape(strength, [channels, 1, 1]))), state]
    }
  })
}

import type { None } from '../tensor/arguments.ts'
import { showValue } from '../tensor/problem.ts'
import { add, mul } from '../ops/arithmetic.ts'
import { zeros } from '../ops/creation.ts'
import { matmul } from '../ops/matmul.ts'
import { reshape, transpose } from '../ops/shaping.ts'
import { softmax } from '../ops/softmax.ts'
import { foldIn } from '../random/key.ts'
import { count, optional, readOptions } from '../tensor/options.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { imageFeatures } from './features.ts'
import type { Same } from './featureTypes.ts'
import type { Initializer } from './initializer.ts'
import { fanInUniform, initializerProblems, initializerRule, sampled } from './initializer.ts'
import type { Layer } from './layer.ts'
import { layer } from './layer.ts'

export interface SelfAttentionOptions {
  /** Channels in which positions are compared, a whole number >= 1; an eighth of `channels` by default. */
  readonly inner?: number
  /** Channels of the values, brought back to `channels` by one more map; by default values have `channels` at once. */
  readonly valueChannels?: number
  /** Initializer of all maps; fanInUniform by default. */
  readonly weights?: Initializer
}

/** Holds the maps, and in gamma, [], how much of what was attended to is added: 0 at first. */
type Maps = { readonly f: Tensor; readonly g: Tensor; readonly h: Tensor; readonly gamma: Tensor }
/** Adds the map v that brings values of other channels back. */
type Params = Maps | (Maps & { readonly v: Tensor })

/** Applies a 1x1 convolution [outputs, channels, 1, 1] to positions [n, channels, positions]. */
const mapped = (weights: Tensor, x: Tensor): Tensor => matmul(reshape(weights, weights.shape.slice(0, 2)), x)

/**
 * Lets every pixel of an image take what it needs from all others: [C, H, W] -> [C, H, W], with f, g, h 1x1
 * convolutions without bias (and a v after h, where `valueChannels` is given) and a number gamma that begins at 0, so
 * that the layer begins as the identity.
 *
 * @formula y = x + gamma o, o_j = sum over positions i of softmax_i(f(x_i)·g(x_j)) h(x_i)
 * @cost (H W)² numbers a sample, in time and memory: for images of 32 pixels or less
 * @when distant parts of an image have to agree
 * @see Zhang et al., Self-attention generative adversarial networks (2019), equations 1 to 3
 *
 * @example
 * import { Net, Random, ones } from 'saddlepoint'
 * const layer = Net.selfAttention(8)
 * layer.apply(layer.init(Random.key(0)), ones([1, 8, 2, 2]))[0].shape // => [1, 8, 2, 2]
 */
export const selfAttention = <const C extends number>(
  channels: C,
  options: SelfAttentionOptions = {},
  ...more: None
): Layer<readonly [C, number, number], Same> => {
  const rules = { channels: count, inner: count, valueChannels: optional(count), weights: initializerRule }
  const usual = { inner: count.accepts(channels) ? Math.max(1, Math.floor(channels / 8)) : 1, weights: fanInUniform }
  const { all, problems } = readOptions<SelfAttentionOptions>(usual, options, rules, { channels }, more)
  const { inner, valueChannels, weights } = all
  return layer<readonly [C, number, number], Same, Params>({
    name: 'selfAttention',
    title: `selfAttention(${showValue(channels)}, inner ${showValue(inner)})`,
    options: { channels, ...all },
    problems: [...problems, ...initializerProblems(all)],
    accepts: [channels, null, null],
    preserves: true,
    fit: (features) => imageFeatures(features, channels),
    init: (key) => {
      const drawn = (place: number, outputs: number, inputs: number): Tensor =>
        sampled('weights', weights, foldIn(key, place), [outputs, inputs, 1, 1], { fanIn: inputs, fanOut: outputs })
      const maps = { f: drawn(0, inner, channels), g: drawn(1, inner, channels), gamma: zeros([]) }
      return {
        params:
          (valueChannels as number | undefined) === undefined
            ? { ...maps, h: drawn(2, channels, channels) }
            : { ...maps, h: drawn(2, valueChannels, channels), v: drawn(3, channels, valueChannels) },
        state: []
      }
    },
    apply: ({ params, state }, x) => {
      const { f, g, h, gamma } = params
      const [n = 1, c = 1, ...extents] = x.shape
      const positions = reshape(x, [n, c, sizeOf(extents)])
      const scores = matmul(transpose(mapped(f, positions), [0, 2, 1]), mapped(g, positions))
      const attended = matmul(mapped(h, positions), softmax(scores, { axis: 1 }))
      const output = 'v' in params ? mapped(params.v, attended) : attended
      return [add(mul(gamma, reshape(output, x.shape)), x), state]
    }
  })
}

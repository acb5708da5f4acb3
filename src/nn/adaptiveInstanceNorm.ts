import type { None } from '../tensor/arguments.ts'
import { add, mul } from '../ops/arithmetic.ts'
import { slice } from '../ops/assembly.ts'
import { ones, zeros } from '../ops/creation.ts'
import { concat } from '../ops/assembly.ts'
import { matmul } from '../ops/matmul.ts'
import { instanceNorm as instanceNormOf } from '../ops/normalization.ts'
import { reshape } from '../ops/shaping.ts'
import { count, notNegative, readOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { imageFeatures } from './features.ts'
import type { Same } from './featureTypes.ts'
import { fanInUniform } from './initializer.ts'
import type { Layer, Tree } from './layer.ts'
import { callOf, layer } from './layer.ts'
import type { NormalizationOptions } from './normalization.ts'
import { styleOf } from './style.ts'

/**
 * Standardizes every channel of every image over its pixels, then scales and shifts it as the style says, with a =
 * style weights + bias [2 channels]; scales begin around 1, offsets around 0. [channels, H, W] -> [channels, H, W].
 * It has to stand within `withStyle`.
 *
 * @formula y_c = a_c (x_c - mean) / sqrt(variance + epsilon) + a_(channels + c)
 * @when a generator is styled, as the first StyleGAN's
 * @see Huang and Belongie, Arbitrary style transfer in real-time (2017), equation 8
 * @see Karras et al., A style-based generator architecture (2019), equation 1
 *
 * @throws InvalidArgument outside `withStyle`
 */
export const adaptiveInstanceNorm = <const C extends number>(
  channels: C,
  style: number,
  options: NormalizationOptions = {},
  ...more: None
): Layer<readonly [C, number, number], Same> => {
  const rules = { channels: count, style: count, epsilon: notNegative }
  const { all, problems } = readOptions({ epsilon: 1e-5 }, options, rules, { channels, style }, more)
  const title = callOf('adaptiveInstanceNorm', channels, style)
  type Params = { readonly weights: Tensor; readonly bias: Tensor; readonly [name: string]: Tree }
  return layer<readonly [C, number, number], Same, Params>({
    name: 'adaptiveInstanceNorm',
    title,
    options: { channels, style, ...all },
    problems,
    accepts: [channels, null, null],
    preserves: true,
    fit: (features) => imageFeatures(features, channels),
    init: (key) => ({
      params: {
        weights: fanInUniform(key, [style, 2 * channels], { fanIn: style, fanOut: 2 * channels }),
        bias: concat([ones([channels]), zeros([channels])])
      },
      state: []
    }),
    apply: ({ params: { weights, bias }, state, ...context }, x) => {
      const [n = 1] = x.shape
      const told = add(matmul(styleOf(title, context.style, x, style), weights), bias)
      const perChannel = (from: number, to: number): Tensor =>
        reshape(slice(told, { start: [0, from], end: [n, to] }), [n, channels, 1, 1])
      const standard = instanceNormOf(x, all)
      return [add(mul(standard, perChannel(0, channels)), perChannel(channels, 2 * channels)), state]
    }
  })
}

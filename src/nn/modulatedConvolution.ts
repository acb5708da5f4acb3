import type { None } from '../tensor/arguments.ts'
import { showValue } from '../tensor/problem.ts'
import { add, mul, square } from '../ops/arithmetic.ts'
import { conv2d } from '../ops/convolution.ts'
import { rsqrt } from '../ops/elementary.ts'
import type { Padding, Pair } from '../ops/images.ts'
import { placesOn } from '../ops/images.ts'
import { matmul } from '../ops/matmul.ts'
import { sum } from '../ops/reduction.ts'
import { reshape } from '../ops/shaping.ts'
import { ones } from '../ops/creation.ts'
import { foldIn } from '../random/key.ts'
import { count, flag, positive, readOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { vmap } from '../transform/vmap.ts'
import type { Initializer } from './initializer.ts'
import { fanInUniform, initializerProblems, initializerRule, sampled } from './initializer.ts'
import type { Layer, Tree } from './layer.ts'
import { layer } from './layer.ts'
import { styleOf } from './style.ts'
import { paddingRule, pairRule, resized, showPair, windowOf } from './windows.ts'

export interface ModulatedConvolutionOptions {
  /** Extent of the kernel: one number, or [height, width]. */
  readonly kernel: Pair
  /** How many features the style has. */
  readonly style: number
  /** Zeros around the image, 0 by default. */
  readonly padding?: Padding
  /** Whether each output channel's kernel is brought back to norm 1; true by default, false for maps to colours. */
  readonly demodulate?: boolean
  /** Added to the squared norm, 1e-8 by default. */
  readonly epsilon?: number
  /** Of kernel and style map; fanInUniform by default. */
  readonly weights?: Initializer
}

interface Params {
  readonly weights: Tensor
  readonly styleWeights: Tensor
  readonly styleBias: Tensor
  readonly [name: string]: Tree
}

/**
 * Makes a convolution whose kernel is the style's: with s = style A + b, b beginning at 1, each sample is convolved
 * with w', which is divided by sqrt(sum over i, k, l of w'² + epsilon) where `demodulate` is set: [inChannels, H, W]
 * -> [outChannels, H', W'], without a bias. It has to stand within `withStyle`.
 *
 * @formula w'_oikl = s_i w_oikl
 * @cost a convolution, and a kernel for each sample
 * @when a generator is styled: without the droplets that `adaptiveInstanceNorm` leaves
 * @see Karras et al., Analyzing and improving the image quality of StyleGAN (2020), equations 1 and 3
 *
 * @throws InvalidArgument outside `withStyle`
 */
export const modulatedConvolution = <const I extends number, const O extends number>(
  inChannels: I,
  outChannels: O,
  options: ModulatedConvolutionOptions,
  ...more: None
): Layer<readonly [I, number, number], readonly [O, number, number]> => {
  const rules = {
    inChannels: count,
    outChannels: count,
    kernel: pairRule,
    style: count,
    padding: paddingRule,
    demodulate: flag,
    epsilon: positive,
    weights: initializerRule
  }
  const usual = { padding: 0, demodulate: true, epsilon: 1e-8, weights: fanInUniform }
  const args = { inChannels, outChannels }
  const { all, problems } = readOptions<ModulatedConvolutionOptions>(usual, options, rules, args, more)
  const window = () => windowOf('modulatedConvolution', { ...all, stride: 1 })
  const title = `modulatedConvolution(${showValue(inChannels)}, ${showValue(outChannels)}, ${showPair(all.kernel)})`
  return layer<readonly [I, number, number], readonly [O, number, number], Params>({
    name: 'modulatedConvolution',
    title,
    options: { inChannels, outChannels, ...all },
    problems: [...problems, ...initializerProblems(all)],
    accepts: [inChannels, null, null],
    fit: (features) => {
      const { kernel, stride, padding } = window()
      return resized(features, inChannels, outChannels, (n, axis) =>
        placesOn(n, kernel[axis], stride[axis], padding[axis])
      )
    },
    init: (key) => {
      const { kernel } = window()
      const size = kernel[0] * kernel[1]
      return {
        params: {
          weights: sampled('weights', all.weights, foldIn(key, 0), [outChannels, inChannels, ...kernel], {
            fanIn: inChannels * size,
            fanOut: outChannels * size
          }),
          styleWeights: sampled('styleWeights', all.weights, foldIn(key, 1), [all.style, inChannels], {
            fanIn: all.style,
            fanOut: inChannels
          }),
          styleBias: ones([inChannels])
        },
        state: []
      }
    },
    apply: ({ params: { weights, styleWeights, styleBias }, state, style }, x) => {
      const [n = 1] = x.shape
      const scales = add(matmul(styleOf(title, style, x, all.style), styleWeights), styleBias)
      const own = mul(weights, reshape(scales, [n, 1, inChannels, 1, 1]))
      const norm = rsqrt(add(sum(square(own), { axes: [2, 3, 4], keepDims: true }), all.epsilon))
      const kernels = all.demodulate ? mul(own, norm) : own
      const convolve = (image: Tensor, kernel: Tensor): Tensor =>
        conv2d(reshape(image, [1, ...image.shape]), kernel, { padding: all.padding })
      const y = vmap(convolve)(x, kernels)
      return [reshape(y, [n, ...y.shape.slice(2)]), state]
    }
  })
}

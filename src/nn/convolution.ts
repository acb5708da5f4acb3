import { add } from '../ops/arithmetic.ts'
import type { Padding, Pair } from '../ops/convolution.ts'
import { conv2d, convTranspose2d } from '../ops/convolution.ts'
import { pairOf, placesOn } from '../ops/images.ts'
import { reshape } from '../ops/shaping.ts'
import type { None } from '../tensor/arguments.ts'
import type { Options, Rules } from '../tensor/options.ts'
import type { Problem } from '../tensor/problem.ts'
import { count, readOptions } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { WeightOptions, Weights } from './dense.ts'
import { initialWeights, weightDefaults, weightRules } from './dense.ts'
import { initializerProblems } from './initializer.ts'
import type { Layer } from './layer.ts'
import { layer } from './layer.ts'
import { showOptions, showPair, paddingRule, pairOrZeroRule, pairRule, resized, windowOf } from './windows.ts'

export interface ConvolutionOptions extends WeightOptions {
  /** Extent of the kernel: one number, or [height, width]. */
  readonly kernel: Pair
  /** 1 by default. */
  readonly stride?: Pair
  /** Zeros around the image, 0 by default. */
  readonly padding?: Padding
  /** Distance of the kernel's elements, 1 by default. */
  readonly dilation?: Pair
  /** Blocks of channels that do not meet, 1 by default. */
  readonly groups?: number
}

export interface TransposedConvolutionOptions extends ConvolutionOptions {
  /** More rows and columns, at the bottom and the right; 0 by default. */
  readonly outputPadding?: Pair
}

interface Channels {
  readonly inChannels: number
  readonly outChannels: number
}

const usual = { stride: 1, padding: 0, dilation: 1, groups: 1 } as const

const rules: Rules = {
  inChannels: count,
  outChannels: count,
  kernel: pairRule,
  stride: pairRule,
  padding: paddingRule,
  dilation: pairRule,
  groups: count,
  ...weightRules
}

/** Finds all problems; channels that do not divide into the groups once there are none. */
const problemsOf = (
  channels: Channels,
  { all, problems }: Options<Required<ConvolutionOptions>>
): readonly Problem[] => {
  const found = [...problems, ...initializerProblems(all)]
  return found.length > 0
    ? found
    : (['inChannels', 'outChannels'] as const)
        .filter((key) => channels[key] % all.groups !== 0)
        .map((key) => ({
          path: [key],
          expected: `a multiple of ${String(all.groups)} groups`,
          actual: String(channels[key]),
          hint: `Change ${key} or groups`
        }))
}

const titleOf = (name: string, all: Channels & Required<ConvolutionOptions>, more: object = {}): string =>
  `${name}(${showValue(all.inChannels)}, ${showValue(all.outChannels)}, ${showPair(all.kernel)}${showOptions({ ...all }, { ...usual, ...more })})`

/** Repeats one number a channel over all pixels. */
const addPerChannel = (y: Tensor, params: Weights): Tensor =>
  'bias' in params ? add(y, reshape(params.bias, [...params.bias.shape, 1, 1])) : y

/**
 * Makes a convolution (a cross-correlation, as everywhere in the field) with a bias: [inChannels, H, W] ->
 * [outChannels, H', W'] with H' = ⌊(H + padding - dilation (kernel - 1) - 1) / stride⌋ + 1. Weights w are
 * [outChannels, inChannels / groups, kh, kw].
 *
 * @formula y_o(p) = b_o + sum over i, k of w_oik x_i(stride p + dilation k - padding)
 *
 * @example
 * import { Net } from 'saddlepoint'
 * const net = Net.serial(
 *   Net.reshape([1, 28, 28]),
 *   Net.convolution(1, 64, { kernel: 4, stride: 2, padding: 1 })
 * )
 * net.output // => [64, 14, 14]
 */
export const convolution = <const I extends number, const O extends number>(
  inChannels: I,
  outChannels: O,
  options: ConvolutionOptions,
  ...more: None
): Layer<readonly [I, number, number], readonly [O, number, number]> => {
  const read = readOptions<ConvolutionOptions>(
    { ...usual, ...weightDefaults },
    options,
    rules,
    {
      inChannels,
      outChannels
    },
    more
  )
  const all = { ...read.all, inChannels, outChannels }
  const { groups } = all
  const moves = { stride: all.stride, padding: all.padding, dilation: all.dilation, groups }
  return layer<readonly [I, number, number], readonly [O, number, number], Weights>({
    name: 'convolution',
    title: titleOf('convolution', all),
    options: { ...all },
    problems: problemsOf({ inChannels, outChannels }, read),
    accepts: [inChannels, null, null],
    fit: (features) => {
      const { kernel, stride, padding, dilation } = windowOf('convolution', all)
      return resized(features, inChannels, outChannels, (n, axis) =>
        placesOn(n, kernel[axis], stride[axis], padding[axis], dilation[axis])
      )
    },
    init: (key) => {
      const [kh, kw] = pairOf('convolution', 'kernel', all.kernel, 1)
      const fans = { fanIn: (inChannels / groups) * kh * kw, fanOut: (outChannels / groups) * kh * kw }
      return {
        params: initialWeights(all, key, [outChannels, inChannels / groups, kh, kw], outChannels, fans),
        state: []
      }
    },
    apply: ({ params, state }, x) => [addPerChannel(conv2d(x, params.weights, moves), params), state]
  })
}

/**
 * Makes a transposed convolution, the adjoint of a convolution, with a bias: [inChannels, H, W] -> [outChannels, H',
 * W'] with H' = (H - 1) stride - padding + dilation (kernel - 1) + outputPadding + 1. Weights w are [inChannels,
 * outChannels / groups, kh, kw]. Of a kernel's elements one in stride² meets a given pixel, so fanIn is inChannels /
 * groups · kernel² / stride².
 *
 * @formula y_o(stride p + dilation k - padding) += w_iok x_i(p), and + b_o
 * @when a generator doubles its images, as DCGAN's
 *
 * @example
 * import { Net } from 'saddlepoint'
 * const net = Net.serial(
 *   Net.reshape([64, 7, 7]),
 *   Net.transposedConvolution(64, 1, { kernel: 4, stride: 2, padding: 1 })
 * )
 * net.output // => [1, 14, 14]
 */
export const transposedConvolution = <const I extends number, const O extends number>(
  inChannels: I,
  outChannels: O,
  options: TransposedConvolutionOptions,
  ...more: None
): Layer<readonly [I, number, number], readonly [O, number, number]> => {
  const known = { ...rules, outputPadding: pairOrZeroRule }
  const usually = { ...usual, outputPadding: 0, ...weightDefaults }
  const read = readOptions<TransposedConvolutionOptions>(usually, options, known, { inChannels, outChannels }, more)
  const all = { ...read.all, inChannels, outChannels }
  const { groups, outputPadding } = all
  const moves = { stride: all.stride, padding: all.padding, dilation: all.dilation, groups, outputPadding }
  return layer<readonly [I, number, number], readonly [O, number, number], Weights>({
    name: 'transposedConvolution',
    title: titleOf('transposedConvolution', all, { outputPadding: 0 }),
    options: { ...all },
    problems: problemsOf({ inChannels, outChannels }, read),
    accepts: [inChannels, null, null],
    fit: (features) => {
      const { kernel, stride, padding, dilation } = windowOf('transposedConvolution', all)
      const more = pairOf('transposedConvolution', 'outputPadding', all.outputPadding, 0)
      return resized(
        features,
        inChannels,
        outChannels,
        (n, axis) => (n - 1) * stride[axis] - padding[axis] + dilation[axis] * (kernel[axis] - 1) + more[axis] + 1
      )
    },
    init: (key) => {
      const { kernel, stride } = windowOf('transposedConvolution', all)
      const meeting = (kernel[0] * kernel[1]) / (stride[0] * stride[1])
      const fans = { fanIn: (inChannels / groups) * meeting, fanOut: (outChannels / groups) * kernel[0] * kernel[1] }
      return {
        params: initialWeights(all, key, [inChannels, outChannels / groups, ...kernel], outChannels, fans),
        state: []
      }
    },
    apply: ({ params, state }, x) => [addPerChannel(convTranspose2d(x, params.weights, moves), params), state]
  })
}

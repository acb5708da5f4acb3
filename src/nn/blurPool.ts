import type { None } from '../tensor/arguments.ts'
import { pad } from '../ops/assembly.ts'
import { conv2d } from '../ops/convolution.ts'
import { reflectPad2d } from '../ops/resampling.ts'
import { broadcastTo } from '../ops/shaping.ts'
import type { Rule } from '../tensor/options.ts'
import { count, countOrZero, oneOf, optional, readOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { makeTensor } from '../tensor/makeTensor.ts'
import type { SameChannels } from './featureTypes.ts'
import type { Layer } from './layer.ts'
import { callOf, layer } from './layer.ts'
import { resized } from './windows.ts'

export interface BlurPoolOptions {
  /** Weights along one axis, divided by their sum; [1, 3, 3, 1] by default. */
  readonly kernel?: readonly number[]
  /** Every how many pixels one is kept; 2 by default. */
  readonly stride?: number
  /** Rows and columns before and after the image; by default as many as the kernel has beside its middle. */
  readonly padding?: readonly [number, number]
  /** What they hold: zeros (by default), or the image mirrored, its edge not repeated. */
  readonly paddingMode?: 'zeros' | 'reflection'
}

const kernelRule: Rule = {
  expected: 'a list of numbers whose sum is not 0',
  accepts: (x) =>
    Array.isArray(x) &&
    x.every((value) => typeof value === 'number' && Number.isFinite(value)) &&
    (x as readonly number[]).reduce((sum, value) => sum + value, 0) !== 0
}
const sidesRule: Rule = {
  expected: 'two whole numbers of at least 0, [before, after]',
  accepts: (x) => Array.isArray(x) && x.length === 2 && x.every(countOrZero.accepts)
}

/**
 * Blurs images before it drops pixels: each channel is correlated with the outer product of the kernel with itself,
 * over its sum, and every `stride`-th pixel kept. [C, H, W] -> [C, ⌊(H + padding - kernel) / stride⌋ + 1, ...]. What
 * a critic sees then moves as the image moves, where strided convolutions alias.
 *
 * @formula y(p) = sum over k of kernel_k x(stride p + k - padding) / sum of kernel
 * @cost a convolution within each channel
 * @when a critic shrinks images, or augmentation moves them
 * @see Zhang, Making convolutional networks shift-invariant again (2019), section 3.2
 *
 * @example
 * import { Net } from 'saddlepoint'
 * Net.serial(Net.reshape([3, 8, 8]), Net.blurPool()).output // => [3, 4, 4]
 */
export const blurPool = (options: BlurPoolOptions = {}, ...more: None): Layer<unknown, SameChannels> => {
  const rules = {
    kernel: kernelRule,
    stride: count,
    padding: optional(sidesRule),
    paddingMode: oneOf('zeros', 'reflection')
  }
  const usual = { kernel: [1, 3, 3, 1], stride: 2, paddingMode: 'zeros' } as const
  const { all, problems } = readOptions<BlurPoolOptions>(usual, options, rules, {}, more)
  const { kernel, stride, paddingMode } = problems.length > 0 ? usual : all
  const beside = kernel.length - 1
  const [before, after] =
    problems.length === 0 && 'padding' in all ? all.padding : [Math.floor(beside / 2), Math.ceil(beside / 2)]
  const sum = kernel.reduce((total, value) => total + value, 0)
  const weights = (): Tensor =>
    makeTensor(Float64Array.from(kernel.flatMap((a) => kernel.map((b) => (a * b) / sum ** 2))), [1, 1, kernel.length, kernel.length]) // prettier-ignore
  return layer<unknown, SameChannels>({
    name: 'blurPool',
    title: callOf('blurPool', kernel, stride),
    options: { ...all },
    problems,
    accepts: [null, null, null],
    fit: (features) =>
      resized(features, null, null, (n) => Math.floor((n + before + after - kernel.length) / stride) + 1),
    apply: ({ state }, x) => {
      const [, channels = 1] = x.shape
      const sides = { low: [before, before], high: [after, after] } as const
      const padded =
        paddingMode === 'reflection'
          ? reflectPad2d(x, sides)
          : pad(x, { low: [0, 0, before, before], high: [0, 0, after, after] })
      const each = broadcastTo(weights(), [channels, 1, kernel.length, kernel.length])
      return [conv2d(padded, each, { stride, groups: channels }), state]
    }
  })
}

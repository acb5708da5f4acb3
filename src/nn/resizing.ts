import type { Padding, Pair } from '../ops/images.ts'
import { pairOf, placesOn } from '../ops/images.ts'
import { avgPool2d, maxPool2d } from '../ops/pooling.ts'
import type { ResizeOptions } from '../ops/resampling.ts'
import { resizeBilinear2d, upsampleNearest2d } from '../ops/resampling.ts'
import type { None } from '../tensor/arguments.ts'
import { flag, optional, positive, readOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { SameChannels } from './featureTypes.ts'
import type { Layer } from './layer.ts'
import { layer } from './layer.ts'
import { orTwo, showOptions, showPair, paddingRule, pairRule, resized, windowOf } from './windows.ts'

export interface PoolOptions {
  /** Extent of the window: one number, or [height, width]. */
  readonly window: Pair
  /** As large as the window by default. */
  readonly stride?: Pair
  /** 0 by default. */
  readonly padding?: Padding
}

const pool = (
  name: string,
  options: PoolOptions,
  f: (x: Tensor, options: PoolOptions) => Tensor,
  more: None
): Layer<unknown, SameChannels> => {
  const rules = { window: pairRule, stride: optional(pairRule), padding: paddingRule }
  const { all: read, problems } = readOptions<PoolOptions>({ padding: 0 }, options, rules, {}, more)
  const { window, padding, stride = window } = read as PoolOptions & { readonly padding: Padding }
  const all = { window, stride, padding }
  return layer<unknown, SameChannels>({
    name,
    title: `${name}(${showPair(all.window)}${showOptions({ ...all }, { stride: all.window, padding: 0 })})`,
    options: { ...all },
    problems,
    accepts: [null, null, null],
    fit: (features) => {
      const { kernel, stride, padding } = windowOf(name, { ...all, kernel: all.window })
      return resized(features, null, null, (n, axis) => placesOn(n, kernel[axis], stride[axis], padding[axis]))
    },
    apply: ({ state }, x) => [f(x, all), state]
  })
}

/**
 * Averages windows of images: [C, H, W] -> [C, ⌊(H + padding - window) / stride⌋ + 1, ...]. Zeros of the padding
 * count.
 *
 * @formula y(p) = the mean of x over the window at stride p - padding
 *
 * @example
 * import { Net } from 'saddlepoint'
 * Net.serial(Net.reshape([3, 8, 8]), Net.avgPool({ window: 2 })).output // => [3, 4, 4]
 */
export const avgPool = (options: PoolOptions, ...more: None): Layer<unknown, SameChannels> =>
  pool('avgPool', options, avgPool2d, more)

/**
 * Takes the maximum of each window of images; extents as of `avgPool`.
 *
 * @formula y(p) = the maximum of x over the window at stride p - padding
 */
export const maxPool = (options: PoolOptions, ...more: None): Layer<unknown, SameChannels> =>
  pool('maxPool', options, maxPool2d, more)

/**
 * Repeats every pixel `scale` times along both axes: [C, H, W] -> [C, scale H, scale W].
 *
 * @formula y(p) = x(⌊p / scale⌋)
 * @when a generator is to double its images without the checkerboards of transposed convolutions
 *
 * @example
 * import { Net } from 'saddlepoint'
 * Net.serial(Net.reshape([3, 8, 8]), Net.upsample(2)).output // => [3, 16, 16]
 */
export const upsample = (scale: Pair, ...more: None): Layer<unknown, SameChannels> =>
  layer<unknown, SameChannels>({
    name: 'upsample',
    title: `upsample(${showPair(scale)})`,
    options: { scale },
    problems: readOptions({}, {}, { scale: pairRule }, { scale }, more).problems,
    accepts: [null, null, null],
    fit: (features) => {
      const factors = pairOf('upsample', 'scale', scale, 1)
      return resized(features, null, null, (n, axis) => n * factors[axis])
    },
    apply: ({ state }, x) => [upsampleNearest2d(x, scale), state]
  })

export type { ResizeOptions } from '../ops/resampling.ts'

/**
 * Resizes images bilinearly, up and down: [C, H, W] -> [C, ⌊scale H⌋, ⌊scale W⌋]. Nothing is blurred when shrinking;
 * `blurPool` does that. Pixels are read at the places that `resizeBilinear2d` says.
 *
 * @formula y(p) = x read at p / scale, between four pixels
 * @when a generator is to double its images without the checkerboards of transposed convolutions
 *
 * @example
 * import { Net } from 'saddlepoint'
 * Net.serial(Net.reshape([3, 8, 8]), Net.resizeBilinear({ scale: 2 })).output // => [3, 16, 16]
 * Net.serial(Net.reshape([3, 8, 8]), Net.resizeBilinear({ scale: 0.5 })).output // => [3, 4, 4]
 */
export const resizeBilinear = (options: ResizeOptions, ...more: None): Layer<unknown, SameChannels> => {
  const rules = { scale: orTwo(positive), alignCorners: flag }
  const { all, problems } = readOptions<ResizeOptions>({ alignCorners: false }, options, rules, {}, more)
  return layer<unknown, SameChannels>({
    name: 'resizeBilinear',
    title: `resizeBilinear(${showPair(all.scale)}${showOptions({ ...all }, { alignCorners: false })})`,
    options: { ...all },
    problems,
    accepts: [null, null, null],
    fit: (features) => {
      const { scale } = all
      const factors = typeof scale === 'number' ? ([scale, scale] as const) : scale
      return resized(features, null, null, (n, axis) => Math.floor(n * factors[axis]))
    },
    apply: ({ state }, x) => [resizeBilinear2d(x, all), state]
  })
}

import * as E from '#fp-ts/Either'
import { ones, zeros } from '../ops/creation.ts'
import {
  groupNorm as groupNormOf,
  instanceNorm as instanceNormOf,
  layerNorm as layerNormOf
} from '../ops/normalization.ts'
import type { None } from '../tensor/arguments.ts'
import type { Problem } from '../tensor/problem.ts'
import { anything, count, notNegative, readOptions } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import type { Shape } from '../tensor/shape.ts'
import { range } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Features, Misfit } from './features.ts'
import { agree, showFeatures, misfit } from './features.ts'
import type { Same } from './featureTypes.ts'
import type { Layer, Tree } from './layer.ts'
import { callOf, layer } from './layer.ts'

/** Normalizations by statistics of each sample alone: nothing couples the samples of a batch. */

export interface NormalizationOptions {
  /** Added to the variance, 1e-5 by default. */
  readonly epsilon?: number
}

export interface GroupNormOptions extends NormalizationOptions {
  /** Into how many blocks the channels are split. */
  readonly groups: number
}

export interface ScaleAndOffset {
  readonly scale: Tensor
  readonly offset: Tensor
  readonly [name: string]: Tree
}

export const noChange = (shape: Shape): ScaleAndOffset => ({ scale: ones(shape), offset: zeros(shape) })

/** Accepts features [channels, ...] with any further extents. */
export const fitChannels =
  (channels: number) =>
  (features: Features): E.Either<Misfit, Features> =>
    features === undefined || (features.length > 0 && agree(features.slice(0, 1), [channels]))
      ? E.right(features)
      : misfit(`[${String(channels)}, ...]`, features, 'Give it the number of channels that come before it')

type Whole<F extends number | readonly number[]> = F extends number ? readonly [F] : F

/**
 * Standardizes every sample over all of its features, then scales and shifts number by number: [...features] ->
 * [...features]. A number stands for one axis.
 *
 * @formula y = a (x - mean) / sqrt(variance + epsilon) + b
 * @when a critic is under a gradient penalty, which batch norm would mix samples in
 * @see Ba, Kiros and Hinton, Layer normalization (2016)
 *
 * @example
 * import { Net, Random, tensor } from 'saddlepoint'
 * const layer = Net.layerNorm(3, { epsilon: 0 })
 * layer.apply(layer.init(Random.key(0)), tensor([[1, 2, 3]]))[0].data // => [-1.2247449, 0, 1.2247449]
 */
export const layerNorm = <const F extends number | readonly number[]>(
  features: F,
  options: NormalizationOptions = {},
  ...more: None
): Layer<Whole<F>, Same> => {
  const shape: Shape = Array.isArray(features) ? (features as Shape) : [features as number]
  const { all, problems } = readOptions(
    { epsilon: 1e-5 },
    options,
    { epsilon: notNegative, features: anything },
    { features },
    more
  )
  const extents: readonly Problem[] = shape.flatMap((extent, i) =>
    count.accepts(extent)
      ? []
      : [{ path: ['features', i], expected: count.expected, actual: showValue(extent), hint: 'Change it' }]
  )
  return layer<Whole<F>, Same, ScaleAndOffset>({
    name: 'layerNorm',
    title: callOf('layerNorm', shape),
    options: { features, ...all },
    problems: [...extents, ...problems],
    accepts: shape,
    preserves: true,
    fit: (found) =>
      agree(found, shape)
        ? E.right(shape)
        : misfit(showFeatures(shape), found, `Make it layerNorm(${showFeatures(found)})`),
    init: () => ({ params: noChange(shape), state: [] }),
    apply: ({ params: { scale, offset }, state }, x) => [
      layerNormOf(x, scale, offset, { axes: range(shape.length).map((axis) => axis + 1), ...all }),
      state
    ]
  })
}

/**
 * Standardizes every sample over each block of channels / groups channels and their pixels, then scales and shifts
 * per channel: [channels, ...] -> [channels, ...].
 *
 * @formula y = a (x - mean) / sqrt(variance + epsilon) + b
 * @when batch norm would mix samples, and instances are too small for statistics of their own
 * @see Wu and He, Group normalization (2018)
 */
export const groupNorm = <const C extends number>(
  channels: C,
  options: GroupNormOptions,
  ...more: None
): Layer<readonly [C, ...number[]], Same> => {
  const rules = { channels: count, groups: count, epsilon: notNegative }
  const { all, problems } = readOptions({ epsilon: 1e-5 }, options, rules, { channels }, more)
  const uneven =
    problems.length > 0 || channels % all.groups === 0
      ? []
      : [
          {
            path: ['groups'],
            expected: `a divisor of ${showValue(channels)} channels`,
            actual: showValue(all.groups),
            hint: 'Change groups'
          }
        ]
  return layer<readonly [C, ...number[]], Same, ScaleAndOffset>({
    name: 'groupNorm',
    title: `groupNorm(${showValue(channels)}, groups ${showValue(all.groups)})`,
    options: { channels, ...all },
    problems: problems.length > 0 ? problems : uneven,
    preserves: true,
    fit: fitChannels(channels),
    init: () => ({ params: noChange([channels]), state: [] }),
    apply: ({ params: { scale, offset }, state }, x) => [groupNormOf(x, scale, offset, all), state]
  })
}

/**
 * Standardizes every channel of every image over its pixels, without parameters: [C, H, W] -> [C, H, W].
 *
 * @formula y = (x - mean) / sqrt(variance + epsilon)
 * @when an image's contrast is not to matter, as in translation of images
 * @see Ulyanov, Vedaldi and Lempitsky, Instance normalization (2016)
 */
export const instanceNorm = (options: NormalizationOptions = {}, ...more: None): Layer<unknown, Same> => {
  const { all, problems } = readOptions({ epsilon: 1e-5 }, options, { epsilon: notNegative }, {}, more)
  return layer<unknown, Same>({
    name: 'instanceNorm',
    title: 'instanceNorm',
    options: { ...all },
    problems,
    preserves: true,
    fit: (features) =>
      agree(features, [null, null, null])
        ? E.right(features)
        : misfit('[?, ?, ?]', features, 'Put Net.reshape([channels, height, width]) before it'),
    apply: ({ state }, x) => [instanceNormOf(x, all), state]
  })
}

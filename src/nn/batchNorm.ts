import { add, mul } from '../ops/arithmetic.ts'
import { stopGradient } from '../ops/conversion.ts'
import { ones, zeros } from '../ops/creation.ts'
import { batchNorm as batchNormOf } from '../ops/normalization.ts'
import { mean, variance } from '../ops/reduction.ts'
import type { None } from '../tensor/arguments.ts'
import { count, notNegative, readOptions, upToOne } from '../tensor/options.ts'
import { range, sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Same } from './featureTypes.ts'
import type { Context, Layer, Tree } from './layer.ts'
import { callOf, layer } from './layer.ts'
import type { NormalizationOptions, ScaleAndOffset } from './normalization.ts'
import { fitChannels, noChange } from './normalization.ts'

export interface BatchNormOptions extends NormalizationOptions {
  /** Weight of the batch in the running statistics, 0.1 by default, as in PyTorch. */
  readonly momentum?: number
}

/** Holds running statistics, [channels] each. */
export interface Statistics {
  readonly mean: Tensor
  readonly variance: Tensor
  readonly [name: string]: Tree
}

/**
 * Updates running statistics: (1 - momentum) old + momentum new, for the batch's mean and unbiased variance per
 * channel.
 */
const advanced = (statistics: Statistics, x: Tensor, momentum: number): Statistics => {
  const axes = range(x.shape.length).filter((axis) => axis !== 1)
  const samples = sizeOf(axes.map((axis) => x.shape[axis] ?? 1))
  const blend = (old: Tensor, found: Tensor): Tensor => add(mul(old, 1 - momentum), mul(stopGradient(found), momentum))
  return {
    mean: blend(statistics.mean, mean(x, { axes })),
    variance: blend(statistics.variance, variance(x, { axes, ddof: samples > 1 ? 1 : 0 }))
  }
}

/** Returns the statistics that a batch is normalized by itself, as a function of it. */
const statisticsOf = (x: Tensor): Statistics => {
  const axes = range(x.shape.length).filter((axis) => axis !== 1)
  return { mean: mean(x, { axes }), variance: variance(x, { axes }) }
}

/** Applies batch normalization with a given scale and offset. */
export const normalizeBatch = (
  x: Tensor,
  { scale, offset }: ScaleAndOffset,
  state: Statistics,
  { training = false, batchState = false }: Pick<Context, 'training' | 'batchState'>,
  { momentum, epsilon }: Required<BatchNormOptions>
): readonly [Tensor, Statistics] =>
  training
    ? [batchNormOf(x, scale, offset, { epsilon }), batchState ? statisticsOf(x) : advanced(state, x, momentum)]
    : [batchNormOf(x, scale, offset, { epsilon, statistics: state }), state]

export const batchNormDefaults = { momentum: 0.1, epsilon: 1e-5 }
export const batchNormRules = { channels: count, momentum: upToOne, epsilon: notNegative }
export const initialStatistics = (channels: number): Statistics => ({
  mean: zeros([channels]),
  variance: ones([channels])
})

/**
 * Makes batch normalization: [channels, ...] -> [channels, ...], each channel standardized over batch and pixels,
 * then scaled and shifted. In training by the batch's own statistics, which are differentiated through; the state
 * that comes back has moved towards them. Otherwise by the running statistics of the state, which stays.
 *
 * It makes a sample's result depend on the others of its batch; under a per-sample gradient penalty take `layerNorm`.
 *
 * @formula y = a (x - mean) / sqrt(variance + epsilon) + b
 * @when a generator is deep, and a critic has no penalty of gradients
 * @see Ioffe and Szegedy, Batch normalization (2015)
 *
 * @example
 * import { Net, Random, tensor } from 'saddlepoint'
 * const layer = Net.batchNorm(1, { epsilon: 0, momentum: 0.5 })
 * const { params, state } = layer.init(Random.key(0))
 * const [y, after] = layer.apply({ params, state, training: true }, tensor([[1], [3]]))
 * y.data // => [-1, 1]
 * after // => { mean: [1], variance: [1.5] }
 */
export const batchNorm = <const C extends number>(
  channels: C,
  options: BatchNormOptions = {},
  ...more: None
): Layer<readonly [C, ...number[]], Same> => {
  const { all, problems } = readOptions(batchNormDefaults, options, batchNormRules, { channels }, more)
  return layer<readonly [C, ...number[]], Same, ScaleAndOffset, Statistics>({
    name: 'batchNorm',
    title: callOf('batchNorm', channels),
    options: { channels, ...all },
    problems,
    couplesSamples: true,
    preserves: true,
    fit: fitChannels(channels),
    init: () => ({ params: noChange([channels]), state: initialStatistics(channels) }),
    apply: ({ params, state, ...mode }, x) => normalizeBatch(x, params, state, mode, all)
  })
}

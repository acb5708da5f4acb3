import * as E from '#fp-ts/Either'
import { abs, add, mul, neg, sub } from '../ops/arithmetic.ts'
import { concat } from '../ops/assembly.ts'
import { exp, sqrt } from '../ops/elementary.ts'
import { matmul } from '../ops/matmul.ts'
import { mean, sum, variance } from '../ops/reduction.ts'
import { broadcastTo, reshape } from '../ops/shaping.ts'
import { normal } from '../random/normal.ts'
import type { None } from '../tensor/arguments.ts'
import { count, positive, readOptions } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import { range } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { agree, showFeatures, misfit, vectorHint } from './features.ts'
import type { Layer, Tree } from './layer.ts'
import { callOf, layer } from './layer.ts'

/** Features by which a critic sees that the samples of a batch are too much alike. They couple the samples. */

export interface MinibatchStddevOptions {
  /**
   * How many samples are compared with each other, 4 by default; the largest divisor of the batch up to that is taken.
   */
  readonly groupSize?: number
  /** Added under the root, 1e-8 by default. */
  readonly epsilon?: number
}

/** Finds how many samples are compared where groups of `groupSize` are asked for: the largest divisor up to that. */
export const groupSizeFor = (batch: number, groupSize: number): number =>
  range(Math.min(batch, groupSize)).reduce((best, i) => (batch % (i + 1) === 0 ? i + 1 : best), 1)

/**
 * Appends one feature (for images, one channel): the standard deviation within a group of samples, averaged over all
 * features. [n] -> [n + 1], [C, H, W] -> [C + 1, H, W]. Sample i belongs to group i mod (batch / groupSize).
 *
 * @formula y = (x, the mean over features of the deviation within the group)
 * @cost one pass over the features
 * @when fakes are too much alike: near the end of a critic
 * @see Karras et al., Progressive growing of GANs (2018), section 3
 *
 * @example
 * import { Net, tensor } from 'saddlepoint'
 * const layer = Net.minibatchStddev({ groupSize: 2 })
 * layer.apply({ params: [], state: [] }, tensor([[1], [5]]))[0].data // => [1, 2, 5, 2]
 */
export const minibatchStddev = (options: MinibatchStddevOptions = {}, ...more: None): Layer => {
  const rules = { groupSize: count, epsilon: positive }
  const { all, problems } = readOptions({ groupSize: 4, epsilon: 1e-8 }, options, rules, {}, more)
  return layer<unknown, unknown>({
    name: 'minibatchStddev',
    title: callOf('minibatchStddev', all.groupSize),
    options: { ...all },
    problems,
    couplesSamples: true,
    fit: (features) => {
      if (features === undefined) return E.right(undefined)
      const [first = null, ...rest] = features
      return features.length === 0
        ? misfit('with an axis to append to', features, 'Put Net.reshape([1]) before it')
        : E.right([first === null ? null : first + 1, ...rest])
    },
    apply: ({ state }, x) => {
      const [batch = 1, channels = 1, ...extents] = x.shape
      const size = groupSizeFor(batch, all.groupSize)
      const grouped = reshape(x, [size, batch / size, channels, ...extents])
      const deviation = sqrt(add(variance(grouped, { axes: [0] }), all.epsilon))
      const each = mean(deviation, { axes: range(deviation.shape.length).slice(1) })
      const repeated = broadcastTo(each, [size, batch / size])
      const plane = reshape(repeated, [batch, 1, ...extents.map(() => 1)])
      return [concat([x, broadcastTo(plane, [batch, 1, ...extents])], { axis: 1 }), state]
    }
  })
}

export interface MinibatchDiscriminationOptions {
  /** How many features are appended, 16 by default. */
  readonly kernels?: number
  /** Of how many numbers each is made, 8 by default. */
  readonly dimensions?: number
}

/**
 * Appends for each kernel b one feature, how near the other samples of the batch are, with M_i = T x_i of shape
 * [kernels, dimensions]; takes [features] -> [features + kernels].
 *
 * @formula o(x_i)_b = Σ_{j ≠ i} exp(-‖M_ib - M_jb‖₁)
 * @cost B² distances a kernel
 * @when fakes are too much alike
 * @see Salimans et al., Improved techniques for training GANs (2016), section 3.2
 */
export const minibatchDiscrimination = <const F extends number>(
  features: F,
  options: MinibatchDiscriminationOptions = {},
  ...more: None
): Layer<readonly [F], readonly [number]> => {
  const rules = { features: count, kernels: count, dimensions: count }
  const { all, problems } = readOptions({ kernels: 16, dimensions: 8 }, options, rules, { features }, more)
  const { kernels, dimensions } = all
  type Params = { readonly weights: Tensor; readonly [name: string]: Tree }
  return layer<readonly [F], readonly [number], Params>({
    name: 'minibatchDiscrimination',
    title: `minibatchDiscrimination(${showValue(features)}, ${showValue(kernels)}x${showValue(dimensions)})`,
    options: { features, ...all },
    problems,
    accepts: [features],
    couplesSamples: true,
    fit: (found) =>
      agree(found, [features])
        ? E.right([features + kernels])
        : misfit(
            showFeatures([features]),
            found,
            vectorHint(found, features, (size) => callOf('minibatchDiscrimination', size))
          ),
    init: (key) => ({
      params: { weights: mul(normal(key, [features, kernels * dimensions]), Math.sqrt(1 / features)) },
      state: []
    }),
    apply: ({ params: { weights }, state }, x) => {
      const [batch = 1] = x.shape
      const rows = matmul(x, weights)
      const apart = sub(reshape(rows, [batch, 1, kernels, dimensions]), reshape(rows, [1, batch, kernels, dimensions]))
      const near = exp(neg(sum(abs(apart), { axes: [3] })))
      // Each sample is at distance 0 from itself, and counts 1.
      return [concat([x, sub(sum(near, { axes: [1] }), 1)], { axis: 1 }), state]
    }
  })
}

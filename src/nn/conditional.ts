import * as E from '#fp-ts/Either'
import { add, mul } from '../ops/arithmetic.ts'
import { concat } from '../ops/assembly.ts'
import { take, oneHot } from '../ops/indexing.ts'
import { matmul } from '../ops/matmul.ts'
import { sum } from '../ops/reduction.ts'
import { broadcastTo, reshape } from '../ops/shaping.ts'
import { normal } from '../random/normal.ts'
import { foldIn } from '../random/key.ts'
import type { None } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { count, readOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { BatchNormOptions, Statistics } from './batchNorm.ts'
import { batchNormDefaults, batchNormRules, initialStatistics, normalizeBatch } from './batchNorm.ts'
import { agree, showFeatures, misfit, vectorHint } from './features.ts'
import type { Same } from './featureTypes.ts'
import { fanInUniform } from './initializer.ts'
import type { Context, Layer, Tree } from './layer.ts'
import { callOf, layer } from './layer.ts'
import type { ScaleAndOffset } from './normalization.ts'
import { fitChannels, noChange } from './normalization.ts'
import { showAval } from '../tensor/tensor.ts'

/** Layers that read the labels of the context, int32 [batch] in 0 .. classes - 1. */

/** Returns the labels of the samples x, and fails as `op` where there are none. */
export const labelsOf = (op: string, labels: Context['labels'], x: Tensor): Tensor => {
  const given =
    labels ??
    fail('InvalidArgument', {
      op,
      expected: 'labels',
      actual: 'none',
      hint: 'apply({ params, state, labels }, x), D(x, labels), or Gan.withLabels'
    })
  if (given.dtype !== 'int32' || given.shape.length !== 1 || given.shape[0] !== x.shape[0])
    fail('ShapeMisfit', {
      op,
      expected: `labels int32 [${String(x.shape[0])}], one a sample`,
      actual: showAval(given)
    })
  return given
}

/**
 * Appends the label as features, one for each class: [n] -> [n + classes], and images [C, H, W] -> [C + classes, H,
 * W] with planes of ones or zeros.
 *
 * @formula y = (x, one-hot label)
 * @when there are labels of few classes
 * @see Mirza and Osindero, Conditional generative adversarial nets (2014)
 *
 * @throws InvalidArgument where the context has no labels
 *
 * @example
 * import { Net, tensor } from 'saddlepoint'
 * const labels = tensor([1, 0], [2], 'int32')
 * Net.appendLabels(2).apply({ params: [], state: [], labels }, tensor([[5], [6]]))[0].data // => [5, 0, 1, 6, 1, 0]
 */
export const appendLabels = (classes: number, ...more: None): Layer => {
  const title = callOf('appendLabels', classes)
  return layer<unknown, unknown>({
    name: 'appendLabels',
    title,
    options: { classes },
    problems: readOptions({}, {}, { classes: count }, { classes }, more).problems,
    takesLabels: true,
    fit: (features) => {
      if (features === undefined) return E.right(undefined)
      const [first = null, ...rest] = features
      return features.length === 0
        ? misfit('with an axis to append to', features, 'Put Net.reshape([1]) before it')
        : E.right([first === null ? null : first + classes, ...rest])
    },
    apply: (context, x) => {
      const [batch = 0, , ...extents] = x.shape
      const marks = oneHot(labelsOf(title, context.labels, x), classes)
      const planes = broadcastTo(reshape(marks, [batch, classes, ...extents.map(() => 1)]), [
        batch,
        classes,
        ...extents
      ])
      return [concat([x, planes], { axis: 1 }), context.state]
    }
  })
}

/**
 * Makes a critic's last layer, with a vector v_y for each class y: [features] -> [1].
 *
 * @formula φ -> w·φ + b + v_y·φ
 * @when a critic has classes, many of them too
 * @see Miyato and Koyama, cGANs with projection discriminator (2018), equation 7
 *
 * @throws InvalidArgument where the context has no labels
 */
export const projection = <const F extends number>(
  features: F,
  classes: number,
  ...more: None
): Layer<readonly [F], readonly [1]> => {
  const title = callOf('projection', features, classes)
  type Params = {
    readonly weights: Tensor
    readonly bias: Tensor
    readonly classes: Tensor
    readonly [name: string]: Tree
  }
  return layer<readonly [F], readonly [1], Params>({
    name: 'projection',
    title,
    options: { features, classes },
    problems: readOptions({}, {}, { features: count, classes: count }, { features, classes }, more).problems,
    accepts: [features],
    takesLabels: true,
    fit: (found) =>
      agree(found, [features])
        ? E.right([1])
        : misfit(
            showFeatures([features]),
            found,
            vectorHint(found, features, (size) => callOf('projection', size, classes))
          ),
    init: (key) => {
      const fans = { fanIn: features, fanOut: 1 }
      const params = {
        weights: fanInUniform(foldIn(key, 0), [features, 1], fans),
        bias: fanInUniform(foldIn(key, 1), [1], fans),
        classes: mul(normal(foldIn(key, 2), [classes, features]), Math.sqrt(1 / features))
      }
      return { params, state: [] }
    },
    apply: ({ params, state, labels }, x) => {
      const own = take(params.classes, labelsOf(title, labels, x))
      const projected = sum(mul(own, x), { axes: [1], keepDims: true })
      return [add(add(matmul(x, params.weights), params.bias), projected), state]
    }
  })
}

/** Reshapes [batch, channels] to broadcast to x, [batch, channels, ...]. */
const perChannel = (values: Tensor, x: Tensor): Tensor =>
  reshape(values, [...values.shape, ...x.shape.slice(2).map(() => 1)])

/**
 * Makes batch normalization whose scale and offset are those of the label's class, beginning at 1 and 0: [channels,
 * ...] -> [channels, ...]. State and training are those of `batchNorm`.
 *
 * @formula y = a_label (x - mean) / sqrt(variance + epsilon) + b_label
 * @when a generator of images has classes
 * @see Dumoulin, Shlens and Kudlur, A learned representation for artistic style (2017)
 *
 * @throws InvalidArgument where the context has no labels
 */
export const conditionalBatchNorm = <const C extends number>(
  channels: C,
  classes: number,
  options: BatchNormOptions = {},
  ...more: None
): Layer<readonly [C, ...number[]], Same> => {
  const rules = { ...batchNormRules, classes: count }
  const { all, problems } = readOptions(batchNormDefaults, options, rules, { channels, classes }, more)
  const title = callOf('conditionalBatchNorm', channels, classes)
  return layer<readonly [C, ...number[]], Same, ScaleAndOffset, Statistics>({
    name: 'conditionalBatchNorm',
    title,
    options: { channels, classes, ...all },
    problems,
    preserves: true,
    couplesSamples: true,
    takesLabels: true,
    fit: fitChannels(channels),
    init: () => ({ params: noChange([classes, channels]), state: initialStatistics(channels) }),
    apply: ({ params, state, labels, ...mode }, x) => {
      const own = (table: Tensor): Tensor => perChannel(take(table, labelsOf(title, labels, x)), x)
      const [standard, after] = normalizeBatch(x, noChange([channels]), state, mode, all)
      return [add(mul(standard, own(params.scale)), own(params.offset)), after]
    }
  })
}

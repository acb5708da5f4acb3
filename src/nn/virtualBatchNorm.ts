import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { add, mul, square, sub } from '../ops/arithmetic.ts'
import { concat, slice } from '../ops/assembly.ts'
import { rsqrt } from '../ops/elementary.ts'
import { mean, variance } from '../ops/reduction.ts'
import { reshape } from '../ops/shaping.ts'
import type { None } from '../tensor/arguments.ts'
import { requireTensor } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import { count, notNegative, readOptions } from '../tensor/options.ts'
import type { Problem } from '../tensor/problem.ts'
import { under } from '../tensor/problem.ts'
import { range } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isTensor } from '../tensor/tensor.ts'
import { agree, showFeatures, featuresOf, misfit } from './features.ts'
import type { Same } from './featureTypes.ts'
import { givenLayer } from './givenLayer.ts'
import type { Layer, Tree } from './layer.ts'
import { callOf, layer } from './layer.ts'
import type { NormalizationOptions, ScaleAndOffset } from './normalization.ts'
import { fitChannels, noChange } from './normalization.ts'

/** Holds mean and variance per channel, which broadcast to [batch, channels, ...]. */
interface Moments {
  readonly mean: Tensor
  readonly variance: Tensor
}

/** Adds one sample to the moments of n: the n's moments and the sample's own, weighted n / (n + 1) and 1 / (n + 1). */
const including = (of: Moments, sample: Moments, n: number): Moments => {
  const c = 1 / (n + 1)
  const blend = (a: Tensor, b: Tensor): Tensor => add(mul(a, 1 - c), mul(b, c))
  const joint = blend(of.mean, sample.mean)
  const around = (m: Moments): Tensor => add(m.variance, square(sub(m.mean, joint)))
  return { mean: joint, variance: blend(around(of), around(sample)) }
}

/**
 * Makes virtual batch normalization: [channels, ...] -> [channels, ...], every sample standardized by the moments of
 * the reference batch with that sample added, then scaled and shifted per channel. So a sample's result depends on
 * itself and the reference batch alone. It has to stand in a network within `withReference`.
 *
 * @formula y = a (x - mean) / sqrt(variance + epsilon) + b, moments of (reference, x)
 * @cost the reference batch through the network, too
 * @when batch norm is to depend on no other sample of the minibatch
 * @see Salimans et al., Improved techniques for training GANs (2016), section 3.4
 *
 * @throws InvalidArgument outside `withReference`
 */
export const virtualBatchNorm = <const C extends number>(
  channels: C,
  options: NormalizationOptions = {},
  ...more: None
): Layer<readonly [C, ...number[]], Same> => {
  const rules = { channels: count, epsilon: notNegative }
  const { all, problems } = readOptions({ epsilon: 1e-5 }, options, rules, { channels }, more)
  const title = callOf('virtualBatchNorm', channels)
  return layer<readonly [C, ...number[]], Same, ScaleAndOffset>({
    name: 'virtualBatchNorm',
    title,
    options: { channels, ...all },
    problems,
    preserves: true,
    fit: fitChannels(channels),
    init: () => ({ params: noChange([channels]), state: [] }),
    apply: ({ params, state, references }, x) => {
      const n =
        references ??
        fail('InvalidArgument', {
          op: title,
          expected: 'a reference batch',
          actual: 'none',
          hint: 'Net.withReference(batch, Net.serial(...))'
        })
      const pixels = range(x.shape.length).slice(2)
      const moments = (of: Tensor, axes: readonly number[]): Moments =>
        axes.length === 0
          ? { mean: of, variance: mul(of, 0) }
          : { mean: mean(of, { axes, keepDims: true }), variance: variance(of, { axes, keepDims: true }) }
      const [reference, samples] = [slice(x, { end: [n] }), slice(x, { start: [n] })]
      const shared = moments(reference, [0, ...pixels])
      const standard = (of: Tensor, by: Moments): Tensor => mul(sub(of, by.mean), rsqrt(add(by.variance, all.epsilon)))
      const y = concat([standard(reference, shared), standard(samples, including(shared, moments(samples, pixels), n))])
      const perChannel = (values: Tensor): Tensor => reshape(values, [channels, ...pixels.map(() => 1)])
      return [add(mul(y, perChannel(params.scale)), perChannel(params.offset)), state]
    }
  })
}

const batchRule: Rule = {
  expected: 'a batch of samples, a tensor',
  accepts: (x) => isTensor(x) && x.shape.length > 0
}

/**
 * Wraps `inner` so that its layers of virtual batch normalization see a fixed reference batch beside every batch. The
 * reference batch, [n, ...features], is part of the state, so that it is saved and restored with it. `inner` may not
 * read labels, since the reference batch has none.
 *
 * @formula y = inner(x), its moments those of the reference
 * @cost the reference batch through the network, too
 * @when there is a `virtualBatchNorm` within
 * @see Salimans et al., Improved techniques for training GANs (2016), section 3.4
 *
 * @example
 * import { Net, Random, tensor } from 'saddlepoint'
 * const net = Net.withReference(tensor([[0], [4]]), Net.virtualBatchNorm(1, { epsilon: 0 }))
 * net.apply(net.init(Random.key(0)), tensor([[2], [2]]))[0].data // => [0, 0]
 */
export const withReference = <In, Out>(reference: Tensor, given: Layer<In, Out>, ...more: None): Layer<In, Out> => {
  const inner = givenLayer(given)
  const { problems } = readOptions({}, {}, { reference: batchRule }, { reference }, more)
  type State = { readonly reference: Tensor; readonly inner: Tree; readonly [name: string]: Tree }
  const fit: Layer['fit'] = (features) =>
    agree(features, featuresOf(reference))
      ? inner.fit(features)
      : misfit(
          `${showFeatures(featuresOf(reference))}, as the reference batch has`,
          features,
          'Give it data of the same shape'
        )
  const ofReference = pipe(
    inner.fit(featuresOf(reference)),
    E.match(
      (found): readonly Problem[] => [{ path: ['reference'], ...found }],
      () => []
    )
  )
  return layer<In, Out, Tree, State>({
    name: 'withReference',
    title: `withReference(${inner.title})`,
    options: { reference, inner },
    problems: [
      ...problems,
      ...under(['inner'], inner.problems),
      ...ofReference,
      ...(inner.takesLabels
        ? [
            {
              path: ['inner'],
              expected: 'a network that reads no labels',
              actual: inner.title,
              hint: 'Take Net.conditionalBatchNorm'
            }
          ]
        : [])
    ],
    accepts: featuresOf(reference),
    preserves: inner.preserves,
    couplesSamples: inner.couplesSamples,
    fit,
    init: (key) => {
      const { params, state } = inner.init(key)
      return { params, state: { reference, inner: state } }
    },
    apply: (context, x) => {
      const batch = requireTensor('withReference', context.state.reference, 'a reference batch in the state')
      const [n = 0] = batch.shape
      const [y, state] = inner.apply({ ...context, state: context.state.inner, references: n }, concat([batch, x]))
      return [slice(y, { start: [n] }), { reference: batch, inner: state }]
    }
  })
}

import * as ops from '../ops/activation.ts'
import { tanh as tanhOf } from '../ops/elementary.ts'
import { softmax as softmaxOf } from '../ops/softmax.ts'
import type { None } from '../tensor/arguments.ts'
import { finite, readOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Same } from './featureTypes.ts'
import type { Layer } from './layer.ts'
import { callOf, layer } from './layer.ts'

/** Functions of each number alone (softmax: of each sample's last axis); shapes are kept. */

const activation = (
  name: string,
  f: (x: Tensor) => Tensor,
  options: Readonly<Record<string, number>> = {},
  more: readonly unknown[] = []
): Layer<unknown, Same> =>
  layer<unknown, Same>({
    name,
    title: Object.keys(options).length === 0 ? name : callOf(name, ...Object.values(options)),
    options,
    problems: readOptions({}, {}, Object.fromEntries(Object.keys(options).map((key) => [key, finite])), options, more)
      .problems,
    apply: ({ state }, x) => [f(x), state]
  })

/** Computes max(x, 0) of every number. */
export const relu: Layer<unknown, Same> = activation('relu', ops.relu)

/**
 * Computes x where x is positive and slope · x elsewhere; DCGAN's critic takes 0.2, the default.
 *
 * @example
 * import { Net, tensor } from 'saddlepoint'
 * Net.leakyRelu(0.1).apply({ params: [], state: [] }, tensor([[-1, 2]]))[0].data // => [-0.1, 2]
 */
export const leakyRelu = (slope = 0.2, ...more: None): Layer<unknown, Same> =>
  activation('leakyRelu', (x) => ops.leakyRelu(x, slope), { slope }, more)

/** Computes the hyperbolic tangent, with which a generator of images in [-1, 1] ends. */
export const tanh: Layer<unknown, Same> = activation('tanh', tanhOf)

/** Computes 1 / (1 + e^-x). Losses here take scores, not probabilities, so a critic does not end with it. */
export const sigmoid: Layer<unknown, Same> = activation('sigmoid', ops.sigmoid)

/** Computes log(1 + e^x), a smooth relu, for penalties on second derivatives. */
export const softplus: Layer<unknown, Same> = activation('softplus', ops.softplus)

/** Computes x where x is positive and alpha (e^x - 1) elsewhere; alpha is 1 by default. */
export const elu = (alpha = 1, ...more: None): Layer<unknown, Same> =>
  activation('elu', (x) => ops.elu(x, alpha), { alpha }, more)

/** Computes x Φ(x), with Φ the distribution function of the standard normal. */
export const gelu: Layer<unknown, Same> = activation('gelu', ops.gelu)

/** Computes x σ(x), with σ the sigmoid. */
export const silu: Layer<unknown, Same> = activation('silu', ops.silu)

/** Computes e^x divided by its sum along the last axis. */
export const softmax: Layer<unknown, Same> = activation('softmax', (x) => softmaxOf(x, { axis: -1 }))

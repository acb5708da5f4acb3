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

/**
 * Computes the positive part of every number.
 *
 * @formula y = max(x, 0)
 */
export const relu: Layer<unknown, Same> = activation('relu', ops.relu)

/**
 * Computes x where it is positive, and a small part of it elsewhere; DCGAN's critic takes 0.2, the default.
 *
 * @formula y = x if x > 0, else slope x
 * @when a critic is to give gradients everywhere: the usual activation of critics
 * @see Radford, Metz, Chintala, Unsupervised representation learning with DCGANs (2016), section 3
 *
 * @example
 * import { Net, tensor } from 'saddlepoint'
 * Net.leakyRelu(0.1).apply({ params: [], state: [] }, tensor([[-1, 2]]))[0].data // => [-0.1, 2]
 */
export const leakyRelu = (slope = 0.2, ...more: None): Layer<unknown, Same> =>
  activation('leakyRelu', (x) => ops.leakyRelu(x, slope), { slope }, more)

/**
 * Computes the hyperbolic tangent, with which a generator of images in [-1, 1] ends.
 *
 * @formula y = tanh x
 */
export const tanh: Layer<unknown, Same> = activation('tanh', tanhOf)

/**
 * Computes probabilities of scores. Losses here take scores, not probabilities, so a critic does not end with it.
 *
 * @formula y = 1 / (1 + e^-x)
 */
export const sigmoid: Layer<unknown, Same> = activation('sigmoid', ops.sigmoid)

/**
 * Computes a smooth relu.
 *
 * @formula y = log(1 + e^x)
 * @when second derivatives are penalized, which relu has none of
 */
export const softplus: Layer<unknown, Same> = activation('softplus', ops.softplus)

/**
 * Computes x where it is positive, and a smooth floor elsewhere; alpha is 1 by default.
 *
 * @formula y = x if x > 0, else alpha (e^x - 1)
 */
export const elu = (alpha = 1, ...more: None): Layer<unknown, Same> =>
  activation('elu', (x) => ops.elu(x, alpha), { alpha }, more)

/**
 * Weights x by Φ, the distribution function of the standard normal.
 *
 * @formula y = x Φ(x)
 */
export const gelu: Layer<unknown, Same> = activation('gelu', ops.gelu)

/**
 * Weights x by its sigmoid s.
 *
 * @formula y = x s(x)
 */
export const silu: Layer<unknown, Same> = activation('silu', ops.silu)

/**
 * Computes probabilities along the last axis.
 *
 * @formula y_i = e^(x_i) / sum over j of e^(x_j)
 */
export const softmax: Layer<unknown, Same> = activation('softmax', (x) => softmaxOf(x, { axis: -1 }))

import type { None } from '../tensor/arguments.ts'
import * as E from '#fp-ts/Either'
import { add, mul, square } from '../ops/arithmetic.ts'
import { rsqrt } from '../ops/elementary.ts'
import { mean } from '../ops/reduction.ts'
import { positive, readOptions } from '../tensor/options.ts'
import { misfit } from './features.ts'
import type { Same } from './featureTypes.ts'
import type { Layer } from './layer.ts'
import { layer } from './layer.ts'

export interface PixelNormOptions {
  /** Added to the mean square, 1e-8 by default. */
  readonly epsilon?: number
}

/**
 * Divides the channels of each pixel by their root mean square, [C, ...] -> [C, ...], without
 * parameters.
 *
 * @formula y = x / sqrt(mean over channels of x² + epsilon)
 * @when magnitudes grow in a generator
 * @see Karras et al., Progressive growing of GANs (2018), section 4.2
 *
 * @example
 * import { Net, tensor } from 'saddlepoint'
 * Net.pixelNorm().apply({ params: [], state: [] }, tensor([[3, 4]]))[0].data // => [0.84852815, 1.1313709]
 */
export const pixelNorm = (options: PixelNormOptions = {}, ...more: None): Layer<unknown, Same> => {
  const { all, problems } = readOptions({ epsilon: 1e-8 }, options, { epsilon: positive }, {}, more)
  return layer<unknown, Same>({
    name: 'pixelNorm',
    title: 'pixelNorm',
    options: { ...all },
    problems,
    preserves: true,
    fit: (features) =>
      features?.length === 0
        ? misfit('with an axis of channels', features, 'Put Net.reshape([channels]) before it')
        : E.right(features),
    apply: ({ state }, x) => [mul(x, rsqrt(add(mean(square(x), { axes: [1], keepDims: true }), all.epsilon))), state]
  })
}

import * as E from '#fp-ts/Either'
import { reshape } from '../ops/shaping.ts'
import type { None } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { count, readOptions } from '../tensor/options.ts'
import { showAval } from '../tensor/tensor.ts'
import { misfit } from './features.ts'
import type { Layer } from './layer.ts'
import { callOf, layer } from './layer.ts'

/**
 * Packs every `samples` consecutive samples into one, along their first axis: minibatches [B, n] become [B / samples,
 * samples n], those of images [B, C, H, W] become [B / samples, samples C, H, W]. A critic behind it decides about
 * packs of data and packs of fakes, to which a generator that leaves modes out is plain to see; its scores are [B /
 * samples].
 *
 * Layers that read labels go before it: `Net.serial(Net.appendLabels(10), Net.pack(2), ...)`.
 *
 * @formula [B, n] -> [B / samples, samples n]
 * @cost a wider first layer, and less in all others
 * @when modes are left out; `Gan.withPacking` puts it before a critic
 * @see Lin et al., PacGAN: the power of two samples in generative adversarial networks (2018), section 2
 *
 * @throws ShapeMisfit where the samples of a minibatch make no whole number of packs
 *
 * @example
 * import { Net, tensor } from 'saddlepoint'
 * const x = tensor([[1, 2], [3, 4], [5, 6], [7, 8]])
 * Net.pack(2).apply({ params: [], state: [] }, x)[0] // => [[1, 2, 3, 4], [5, 6, 7, 8]]
 */
export const pack = (samples: number, ...more: None): Layer => {
  const title = callOf('pack', samples)
  return layer<unknown, unknown>({
    name: 'pack',
    title,
    options: { samples },
    problems: readOptions({}, {}, { samples: count }, { samples }, more).problems,
    fit: (features) => {
      if (features === undefined) return E.right(undefined)
      const [first = null, ...rest] = features
      return features.length === 0
        ? misfit('with an axis to pack along', features, 'Put Net.reshape([1]) before it')
        : E.right([first === null ? null : first * samples, ...rest])
    },
    apply: ({ state }, x) => {
      const [batch = 0, first = 1, ...rest] = x.shape
      return batch % samples === 0
        ? [reshape(x, [batch / samples, first * samples, ...rest]), state]
        : fail('ShapeMisfit', {
            op: title,
            expected: `a minibatch of a multiple of ${String(samples)} samples`,
            actual: showAval(x),
            hint: 'Change the batch size'
          })
    }
  })
}

/** Counts how many samples each score of a network is about, as its layers tell. */
export const packedIn = (net: Layer): number =>
  (net.layers ?? [net]).reduce((product, { name, options: { samples } }) => {
    return name === 'pack' && count.accepts(samples) ? product * Number(samples) : product
  }, 1)

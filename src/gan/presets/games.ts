import { pipe } from '#fp-ts/function'
import * as Opt from '../../optim/opt.ts'
import type { None } from '../../tensor/arguments.ts'
import { between, withLoss, withUpdate } from '../game/editSpec.ts'
import * as Net from '../../nn/net.ts'
import * as Loss from '../game/loss.ts'
import type { Spec } from '../game/spec.ts'
import * as Update from '../game/update.ts'
import { playersFor } from './networks.ts'
import type { PresetOptions } from './options.ts'
import { presetOf } from './options.ts'
import { both } from './optimizers.ts'

/** Games that differ by loss, networks or moves alone. */

const adam = Opt.adam({ learningRate: 2e-4, b1: 0.5 })

/**
 * Makes the GAN of the first paper, with the loss that it recommends for the generator: non-saturating.
 *
 * @cost a step of each network a cycle
 * @when something is to be compared with what there was first
 * @see Goodfellow et al., Generative adversarial nets (2014), algorithm 1
 *
 * @example
 * import { Gan, Preset } from 'saddlepoint'
 * Gan.show(Preset.gan()).split('\n').slice(0, 3)
 * // => [
 * //   'prior normal [8]',
 * //   "update alternating({ discriminatorSteps: 1, first: \"discriminator\", critic: \"discriminator\" })",
 * //   'loss nonSaturating({ realTarget: 1 })'
 * // ]
 */
export const gan = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('gan', {}, options, more, (design) =>
    pipe(between(playersFor(design)), withLoss(Loss.nonSaturating), both(adam))
  )

/**
 * Makes DCGAN: strided convolutions, batch norm in both networks, weights from N(0, 0.02²), Adam of rate 2e-4 and b1
 * 0.5.
 *
 * @cost a step of each network a cycle
 * @when images are small and time is short
 * @see Radford, Metz, Chintala, Unsupervised representation learning with DCGANs (2016), section 3
 */
export const dcgan = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('dcgan', { images: true }, options, more, (design) =>
    pipe(between(playersFor(design, { critic: 'batch' })), withLoss(Loss.nonSaturating), both(adam))
  )

/**
 * Makes LSGAN: targets 0, 1 and 1.
 *
 * @cost what `gan` does
 * @when the generator's gradient vanishes in `gan`
 * @see Mao et al., Least squares generative adversarial networks (2017), equation 9
 */
export const lsgan = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('lsgan', {}, options, more, (design) =>
    pipe(between(playersFor(design)), withLoss(Loss.leastSquares), both(adam))
  )

/**
 * Makes the unrolled GAN: the generator's gradient goes through 5 steps of the critic.
 *
 * @cost five more steps of the critic, differentiated: some five times `gan`
 * @when a generator jumps from mode to mode
 * @see Metz et al., Unrolled generative adversarial networks (2017), section 3.1
 */
export const unrolled = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('unrolled', {}, options, more, (design) =>
    pipe(
      between(playersFor(design)),
      withLoss(Loss.nonSaturating),
      both(Opt.adam({ learningRate: 1e-3, b1: 0.5 }), Opt.adam({ learningRate: 1e-4, b1: 0.5 })),
      withUpdate(Update.unrolled({ steps: 5 }))
    )
  )

/**
 * Makes PacGAN: the critic judges samples by twos.
 *
 * @cost less than `gan`: a critic of half as many, wider rows
 * @when modes are left out
 * @see Lin et al., PacGAN (2018), section 3
 */
export const pacgan = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('pacgan', {}, options, more, (design) =>
    pipe(between(playersFor(design, { first: Net.pack(2), packed: 2 })), withLoss(Loss.nonSaturating), both(adam))
  )

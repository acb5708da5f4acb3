import { pipe } from '#fp-ts/function'
import * as Opt from '../../optim/opt.ts'
import type { None } from '../../tensor/arguments.ts'
import { between, withLoss, withProjection, withRegularizer, withUpdate } from '../game/editSpec.ts'
import * as Loss from '../game/loss.ts'
import { clip } from '../game/projection.ts'
import * as Reg from '../game/regularizer.ts'
import type { Spec } from '../game/spec.ts'
import * as Update from '../game/update.ts'
import { playersFor } from './networks.ts'
import type { PresetOptions } from './options.ts'
import { isImage, presetOf } from './options.ts'
import { both } from './optimizers.ts'

/** Games of the Wasserstein distance, with five steps of the critic. */

const fiveSteps = withUpdate(Update.alternating({ discriminatorSteps: 5 }))

/**
 * Makes WGAN: weights of the critic clipped to 0.01, RMSProp of rate 5e-5.
 *
 * @cost five critic steps a cycle
 * @when the first WGAN is to be compared with: clipping makes critics plain
 * @see Arjovsky, Chintala, Bottou, Wasserstein GAN (2017), algorithm 1
 */
export const wgan = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('wgan', {}, options, more, (design) =>
    pipe(
      between(playersFor(design)),
      withLoss(Loss.wasserstein),
      withProjection('discriminator', clip(0.01)),
      both(Opt.rmsprop({ learningRate: 5e-5 })),
      fiveSteps
    )
  )

/**
 * Makes WGAN-GP: Adam of rate 1e-4 and b2 0.9, lambda 10 and b1 0 on images; on points lambda 0.1 and b1 0.5, as in the
 * authors' toys, since with 10 critics of points are too smooth to tell narrow modes apart.
 *
 * @cost five critic steps a cycle, each with a gradient of D, differentiated: some four times `gan`
 * @when a loss is to tell how training goes
 * @see Gulrajani et al., Improved training of Wasserstein GANs (2017), algorithm 1; the toys: improved_wgan_training,
 * gan_toy.py
 */
export const wganGp = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('wganGp', {}, options, more, (design) => {
    const { lambda, b1 } = isImage(design) ? { lambda: 10, b1: 0 } : { lambda: 0.1, b1: 0.5 }
    return pipe(
      between(playersFor(design)),
      withLoss(Loss.wasserstein),
      withRegularizer('discriminator', Reg.gradientPenalty({ lambda })),
      both(Opt.adam({ learningRate: 1e-4, b1, b2: 0.9 })),
      fiveSteps
    )
  })

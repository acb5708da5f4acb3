import { pipe } from '#fp-ts/function'
import * as Opt from '../../optim/opt.ts'
import type { None } from '../../tensor/arguments.ts'
import { between, withAverage, withLoss, withRegularizer } from '../game/editSpec.ts'
import * as Loss from '../game/loss.ts'
import { every } from '../game/objective.ts'
import * as Reg from '../game/regularizer.ts'
import type { Spec } from '../game/spec.ts'
import { playersFor } from './networks.ts'
import type { PresetOptions } from './options.ts'
import { isImage, presetOf } from './options.ts'
import { both } from './optimizers.ts'

/** Games whose critics are penalized by their gradients in samples. */

/**
 * Makes DRAGAN: the gradient penalty around data, lambda 10, with the centred noise of its published code.
 *
 * @cost a gradient of D, differentiated, beside `gan`
 * @when a penalty near data is to go with the non-saturating loss
 * @see Kodali et al., On convergence and stability of GANs (2017), equation 3
 */
export const dragan = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('dragan', {}, options, more, (design) =>
    pipe(
      between(playersFor(design)),
      withLoss(Loss.nonSaturating),
      withRegularizer('discriminator', Reg.dragan({ lambda: 10 })),
      both(Opt.adam({ learningRate: 2e-4, b1: 0.5 }))
    )
  )

/**
 * Makes the GAN that converges locally: R1 of gamma 10 on images and 0.02 on points, an average of the generator.
 *
 * @cost a gradient of D, differentiated, beside `gan`
 * @when in doubt: the first choice
 * @see Mescheder, Geiger, Nowozin, Which training methods for GANs do actually converge? (2018), sections 4 and 5
 */
export const r1 = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('r1', {}, options, more, (design) =>
    pipe(
      between(playersFor(design)),
      withLoss(Loss.nonSaturating),
      withRegularizer('discriminator', Reg.r1({ gamma: isImage(design) ? 10 : 0.02 })),
      both(Opt.adam({ learningRate: isImage(design) ? 1e-4 : 2e-3, b1: 0, b2: 0.99 })),
      withAverage({ decay: 0.999 })
    )
  )

/**
 * Makes the game of R3GAN: relativistic pairs with R1 and R2, an average of the generator; its networks are other
 * ones.
 *
 * @cost two gradients of D, differentiated, and a pass of reals for the generator, beside `gan`
 * @when modes are left out
 * @see Huang et al., The GAN is dead; long live the GAN! (2024), equations 2 to 4
 */
export const r3gan = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('r3gan', {}, options, more, (design) => {
    const gamma = isImage(design) ? 10 : 0.02
    return pipe(
      between(playersFor(design)),
      withLoss(Loss.relativistic),
      withRegularizer('discriminator', Reg.r1({ gamma })),
      withRegularizer('discriminator', Reg.r2({ gamma })),
      both(Opt.adam({ learningRate: isImage(design) ? 2e-4 : 2e-3, b1: 0, b2: 0.99 })),
      withAverage({ decay: 0.999 })
    )
  })

/**
 * Makes the game of StyleGAN 2 with networks that are none of its own: R1 every 16 steps, path lengths every 4, an
 * average.
 *
 * @cost the gradient of R1 at one step of 16, and path lengths at one of 4, beside `gan`
 * @when latent spaces are to be smooth
 * @see Karras et al., Analyzing and improving the image quality of StyleGAN (2020), appendix B
 */
export const styleganLosses = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('styleganLosses', {}, options, more, (design) =>
    pipe(
      between(playersFor(design)),
      withLoss(Loss.nonSaturating),
      withRegularizer('discriminator', pipe(Reg.r1({ gamma: isImage(design) ? 10 : 0.02 }), every(16))),
      withRegularizer('generator', pipe(Reg.pathLength({ weight: 2 }), every(4))),
      both(Opt.adam({ learningRate: 2e-3, b1: 0, b2: 0.99 })),
      withAverage({ decay: 0.999 })
    )
  )

import { pipe } from '#fp-ts/function'
import * as Opt from '../../optim/opt.ts'
import type { None } from '../../tensor/arguments.ts'
import { between, withLoss, withRegularizer } from '../game/editSpec.ts'
import * as Loss from '../game/loss.ts'
import { every } from '../game/objective.ts'
import * as Reg from '../game/regularizer.ts'
import type { Spec } from '../game/spec.ts'
import { playersFor } from './networks.ts'
import type { PresetOptions } from './options.ts'
import { isImage, presetOf } from './options.ts'
import { both } from './optimizers.ts'

/** Games whose generators are penalized by their Jacobians. */

const adam = Opt.adam({ learningRate: 2e-4, b1: 0.5 })

/**
 * Makes the GAN with a clamped Jacobian: how far the generator puts latents apart is kept between 1 and 20.
 *
 * @cost one more pass of the generator, differentiated, beside `gan`
 * @when runs differ much from seed to seed
 * @see Odena et al., Is generator conditioning causally related to GAN performance? (2018), algorithm 1
 */
export const jacobianClamp = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('jacobianClamp', {}, options, more, (design) =>
    pipe(
      between(playersFor(design)),
      withLoss(Loss.nonSaturating),
      withRegularizer('generator', Reg.jacobianClamp({ min: 1, max: 20 })),
      both(adam)
    )
  )

/**
 * Makes the GAN that keeps the condition number of its generator down: of 4 latents, every 4 steps, weight 0.03 for
 * images, where more makes all samples alike, and 0.1 for points.
 * Points of the plane have a Jacobian of full rank with two latents, which is the default there.
 *
 * @cost at one step of 4, passes of the generator over 4 latents: two a latent dimension, and four that are
 * differentiated
 * @when a generator is to have no directions in which nothing changes
 * @see Odena et al., Is generator conditioning causally related to GAN performance? (2018), section 5
 */
export const logCondition = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('logCondition', {}, options, more, (design) => {
    const outputs = design.shape.reduce((a, b) => a * b, 1)
    const weight = isImage(design) ? 0.03 : 0.1
    return pipe(
      between(playersFor({ ...design, latents: Math.min(design.latents, outputs) })),
      withLoss(Loss.nonSaturating),
      withRegularizer('generator', pipe(Reg.logCondition({ weight, subset: 4 }), every(4))),
      both(adam)
    )
  })

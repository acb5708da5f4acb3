import { pipe } from '#fp-ts/function'
import * as Net from '../../nn/net.ts'
import * as Opt from '../../optim/opt.ts'
import type { None } from '../../tensor/arguments.ts'
import { between, withLabels, withLoss } from '../game/editSpec.ts'
import * as Loss from '../game/loss.ts'
import type { Spec } from '../game/spec.ts'
import { playersFor } from './networks.ts'
import type { ConditionalPresetOptions } from './options.ts'
import { presetOf } from './options.ts'
import { both } from './optimizers.ts'

/** Games of labels. */

/**
 * Makes ACGAN: the critic tells classes beside reals, the generator is given labels beside its latents.
 *
 * @cost next to nothing beside `gan`
 * @when there are labels of few classes
 * @see Odena, Olah, Shlens, Conditional image synthesis with auxiliary classifier GANs (2017), section 3
 */
export const acgan = (options: ConditionalPresetOptions = {}, ...more: None): Spec =>
  presetOf('acgan', { classes: true }, options, more, (design) => {
    const { classes } = design
    return pipe(
      between(
        playersFor(design, {
          before: Net.appendLabels(classes),
          appended: classes,
          last: (features) => Net.dense(features, 1 + classes)
        })
      ),
      withLoss(Loss.auxiliaryClassifier({ classes })),
      both(Opt.adam({ learningRate: 2e-4, b1: 0.5 })),
      withLabels({ classes })
    )
  })

/**
 * Makes the cGAN with a projection critic: spectral norms, the hinge loss, batch norm by class in a generator of
 * images.
 *
 * @cost two products of every weight of the critic with a vector, beside `gan`
 * @when there are labels, of many classes too
 * @see Miyato and Koyama, cGANs with projection discriminator (2018), section 3
 */
export const projection = (options: ConditionalPresetOptions = {}, ...more: None): Spec =>
  presetOf('projection', { classes: true }, options, more, (design) => {
    const { classes } = design
    return pipe(
      between(
        playersFor(design, {
          critic: 'spectral',
          before: Net.appendLabels(classes),
          appended: classes,
          norm: (channels) => Net.conditionalBatchNorm(channels, classes),
          last: (features) => Net.projection(features, classes)
        })
      ),
      withLoss(Loss.hinge),
      both(Opt.adam({ learningRate: 2e-4, b1: 0, b2: 0.9 })),
      withLabels({ classes })
    )
  })

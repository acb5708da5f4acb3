import { pipe } from '#fp-ts/function'
import * as Net from '../../nn/net.ts'
import * as Opt from '../../optim/opt.ts'
import type { None } from '../../tensor/arguments.ts'
import { between, withLoss, withUpdate } from '../game/editSpec.ts'
import * as Loss from '../game/loss.ts'
import type { Spec } from '../game/spec.ts'
import * as Update from '../game/update.ts'
import { playersFor } from './networks.ts'
import type { PresetOptions } from './options.ts'
import { presetOf } from './options.ts'
import { both } from './optimizers.ts'

/** Games of critics whose layers are 1-Lipschitz. */

const fiveSteps = withUpdate(Update.alternating({ discriminatorSteps: 5 }))
const adam = Opt.adam({ learningRate: 2e-4, b1: 0, b2: 0.9 })

/**
 * Makes SNGAN: a critic of spectral norms, the non-saturating loss, five steps of the critic.
 *
 * @cost five critic steps a cycle, each with two products of every weight with a vector
 * @when a Lipschitz critic is to be cheap
 * @see Miyato et al., Spectral normalization for generative adversarial networks (2018), table 1, setting C
 */
export const sngan = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('sngan', {}, options, more, (design) =>
    pipe(between(playersFor(design, { critic: 'spectral' })), withLoss(Loss.nonSaturating), both(adam), fiveSteps)
  )

/**
 * Makes SNGAN with the hinge loss.
 *
 * @cost what `sngan` does
 * @when a Lipschitz critic is to be cheap, the loss as in later work
 * @see Miyato et al., Spectral normalization for generative adversarial networks (2018), equations 16 and 17
 */
export const hingeSn = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('hingeSn', {}, options, more, (design) =>
    pipe(between(playersFor(design, { critic: 'spectral' })), withLoss(Loss.hinge), both(adam), fiveSteps)
  )

/**
 * Makes SAGAN: self-attention in both networks, a critic of spectral norms, the hinge loss, rates 1e-4 and 4e-4.
 *
 * @cost a step of each network a cycle, and (H W)² numbers a sample where attention is
 * @when distant parts of images have to agree
 * @see Zhang et al., Self-attention generative adversarial networks (2019), section 4
 */
export const sagan = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('sagan', { images: true }, options, more, (design) =>
    pipe(
      between(playersFor(design, { critic: 'spectral', attention: (channels) => Net.selfAttention(channels) })),
      withLoss(Loss.hinge),
      both(Opt.adam({ learningRate: 1e-4, b1: 0, b2: 0.9 }), Opt.adam({ learningRate: 4e-4, b1: 0, b2: 0.9 }))
    )
  )

import { pipe } from '#fp-ts/function'
import * as Net from '../../nn/net.ts'
import * as Opt from '../../optim/opt.ts'
import type { None } from '../../tensor/arguments.ts'
import { between, withLoss, withOptimizer } from '../game/editSpec.ts'
import * as Loss from '../game/loss.ts'
import { codes } from '../game/prior.ts'
import type { Spec } from '../game/spec.ts'
import { playersFor } from './networks.ts'
import type { PresetOptions } from './options.ts'
import { presetOf } from './options.ts'
import { both } from './optimizers.ts'

/** Games that lead from samples back to latents. */

const adam = Opt.adam({ learningRate: 2e-4, b1: 0.5 })

/**
 * Makes BiGAN: an encoder maps data to latents, and the critic, of dense layers, judges pairs of both.
 *
 * @cost an encoder beside `gan`
 * @when latents of data are wanted
 * @see Donahue, Krähenbühl, Darrell, Adversarial feature learning (2017), section 3
 */
export const bigan = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('bigan', {}, options, more, (design) => {
    const { shape, latents } = design
    const size = shape.reduce((a, b) => a * b, 1)
    const hidden = 4 * design.width
    const { generator, discriminator: encoder, prior } = playersFor(design, { last: (n) => Net.dense(n, latents) })
    const discriminator = Net.serial(
      ...[Net.join, Net.dense(size + latents, hidden), Net.leakyRelu(0.2)],
      ...[Net.dense(hidden, hidden), Net.leakyRelu(0.2), Net.dense(hidden, 1)]
    )
    return pipe(
      between({ generator, discriminator, encoder, prior }),
      withLoss(Loss.bidirectional()),
      both(adam),
      withOptimizer('encoder', adam)
    )
  })

/**
 * Makes InfoGAN: latents end in a code of ten classes and two of numbers, which the critic reads from fakes.
 *
 * @cost next to nothing beside `gan`
 * @when latents are to have dimensions that mean something
 * @see Chen et al., InfoGAN (2016), section 7 and appendix C.1
 */
export const infogan = (options: PresetOptions = {}, ...more: None): Spec =>
  presetOf('infogan', {}, options, more, (design) => {
    const told = { categories: 10, continuous: 2 }
    const read = playersFor(design, { appended: 12, last: (features) => Net.dense(features, 1 + 12) })
    return pipe(
      between({ ...read, prior: codes({ noise: design.latents, ...told }) }),
      withLoss(Loss.mutualInformation(told)),
      both(Opt.adam({ learningRate: 1e-3, b1: 0.5 }), adam)
    )
  })

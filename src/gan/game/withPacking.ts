import type { Endomorphism } from '#fp-ts/Endomorphism'
import { pack } from '../../nn/pack.ts'
import { serial } from '../../nn/serial.ts'
import type { None } from '../../tensor/arguments.ts'
import { editPlayer, flawed } from './edit.ts'
import type { Spec } from './spec.ts'

/**
 * Lets a player decide about packs of `samples` samples of one origin (PacGAN): its network, which takes samples that
 * many times as wide, [samples n] or [samples C, H, W], is given `samples` consecutive ones of a minibatch at once.
 * Its scores are one a pack, so losses and penalties are means over packs. 2 to 4 in the paper; nothing else of a GAN
 * changes, and the batch size is a multiple of it.
 *
 * A network that reads labels reads those of single samples, so it has `Net.pack` itself, behind the layer that does.
 *
 * @formula D(x) becomes D(x_1, ..., x_m)
 * @cost a wider first layer, and less in all others
 * @when modes are left out
 * @see Lin et al., PacGAN: the power of two samples in generative adversarial networks (2018), section 2
 *
 * @example
 * import { Gan, Net, Prior, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(4, 1), prior: Prior.normal([8]) }),
 *   Gan.withPacking('discriminator', 2)
 * )
 * spec.networks['discriminator']?.title // => 'serial(pack(2), dense(4, 1))'
 */
export const withPacking = (player: string, samples: number, ...more: None): Endomorphism<Spec> =>
  editPlayer('withPacking', player, more, (spec) => {
    const network = spec.networks[player]
    const path = ['networks', player]
    if (network === undefined)
      return flawed(spec, path, `a network of the ${player}, to be given packs`, network, 'Gan.between names players')
    if (network.takesLabels)
      return flawed(
        spec,
        path,
        'a network that reads no labels, since those of a pack are many',
        network.title,
        `Put Net.pack(${String(samples)}) into it, behind the layer that reads labels`
      )
    return { ...spec, networks: { ...spec.networks, [player]: serial(pack(samples), network) } }
  })

import { relu } from '../../../ops/activation.ts'
import { add, sub } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import { positive, readOptions } from '../../../tensor/options.ts'
import type { Energy } from './energy.ts'
import { energyOf, energyRule } from './energy.ts'
import type { Loss } from './loss.ts'
import { loss } from './loss.ts'

export interface EnergyBasedOptions {
  /** m, the energy up to which D pushes fakes, a positive number; 10 by default, of images often 20 to 80. */
  readonly margin?: number
  /** What D's energy is; `softplus` of its scores by default, 'squaredError' of an autoencoder in the paper. */
  readonly energy?: Energy
}

/**
 * Plays the energy-based game: with D's energy e >= 0 and a margin m. D may be an autoencoder, whose energy is how
 * far it is from giving samples again.
 *
 * @formula L_D = E e(x) + E max(0, m - e(G(z))), L_G = E e(G(z))
 * @cost what the non-saturating loss does, of such a D
 * @when D is an autoencoder: fakes of an energy above the margin teach it nothing, so choose the margin near the
 * energy of reals and adjust it
 * @see Zhao, Mathieu, LeCun, Energy-based generative adversarial network (2017), equations 1 and 2
 *
 * @example
 * import { Loss } from 'saddlepoint'
 * Loss.energyBased({ margin: 20, energy: 'squaredError' }).options // => { margin: 20, energy: 'squaredError' }
 */
export const energyBased = (options: EnergyBasedOptions = {}, ...more: None): Loss => {
  const usual = { margin: 10, energy: 'softplus' } as const
  const read = readOptions<EnergyBasedOptions>(usual, options, { margin: positive, energy: energyRule }, {}, more)
  const { margin, energy } = read.all
  return loss(
    'energyBased',
    ({ D, real, fake, realLabels, fakeLabels }) => {
      const ofReal = mean(energyOf(energy, D, real, realLabels))
      return add(ofReal, mean(relu(sub(margin, energyOf(energy, D, fake, fakeLabels)))))
    },
    ({ D, fake, fakeLabels }) => mean(energyOf(energy, D, fake, fakeLabels)),
    read
  )
}

import { abs, add, clamp, mul, sub } from '../../../ops/arithmetic.ts'
import { stopGradient } from '../../../ops/conversion.ts'
import { mean } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import { notNegative, readOptions, upToOne } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { metric } from '../objective.ts'
import type { Play } from '../play.ts'
import type { Energy } from './energy.ts'
import { energyOf, energyRule } from './energy.ts'
import type { Loss } from './loss.ts'
import { loss } from './loss.ts'

export interface BoundaryEquilibriumOptions {
  /** The diversity ratio E e(G(z)) / E e(x) that is held, in [0, 1]; 0.5 by default. Lower ones trade variety for quality. */
  readonly gamma?: number
  /** How fast k follows, at least 0; 0.001 by default. */
  readonly lambda?: number
  /** What D's energy is; `softplus` of its scores by default, 'absoluteError' of an autoencoder in the paper. */
  readonly energy?: Energy
}

/**
 * Plays the boundary equilibrium game of D's energy e >= 0, with a weight k that is a memory of D's term, from 0, and
 * kept in [0, 1]. It keeps the two players in balance: as long as fakes are worse than the ratio gamma asks, D looks
 * at reals. D's metric `convergence`, E e(x) + |gamma E e(x) - E e(G(z))|, falls as training goes well.
 *
 * @formula L_D = E e(x) - k E e(G(z)), L_G = E e(G(z)), k <- k + lambda (gamma E e(x) - E e(G(z)))
 * @cost what the non-saturating loss does, of such a D, mostly an autoencoder
 * @when variety is to be traded for quality by one number, gamma
 * @see Berthelot, Schumm, Metz, BEGAN (2017), section 3.4; the measure of convergence: section 3.4.1
 *
 * @example
 * import { Loss } from 'saddlepoint'
 * const { objectives } = Loss.boundaryEquilibrium({ gamma: 0.7, energy: 'absoluteError' })
 * objectives.discriminator.map(({ name }) => name) // => ['boundaryEquilibrium', 'convergence']
 */
export const boundaryEquilibrium = (options: BoundaryEquilibriumOptions = {}, ...more: None): Loss => {
  const usual = { gamma: 0.5, lambda: 0.001, energy: 'softplus' } as const
  const rules = { gamma: upToOne, lambda: notNegative, energy: energyRule }
  const read = readOptions<BoundaryEquilibriumOptions>(usual, options, rules, {}, more)
  const { gamma, lambda, energy } = read.all
  const energies = ({ D, real, fake, realLabels, fakeLabels }: Play): readonly [onReal: Tensor, onFake: Tensor] => {
    const onReal = mean(energyOf(energy, D, real, realLabels))
    return [onReal, mean(energyOf(energy, D, fake, fakeLabels))]
  }
  const balance = (onReal: Tensor, onFake: Tensor): Tensor => sub(mul(gamma, onReal), onFake)
  const game = loss(
    'boundaryEquilibrium',
    (play) => {
      const [onReal, onFake] = energies(play)
      const k = play.recall('k', 0)
      const next = add(k, mul(lambda, balance(onReal, onFake)))
      play.remember('k', stopGradient(clamp(next, { min: 0, max: 1 })))
      return sub(onReal, mul(k, onFake))
    },
    ({ D, fake, fakeLabels }) => mean(energyOf(energy, D, fake, fakeLabels)),
    read
  )
  const convergence = metric('convergence', (play) => {
    const [onReal, onFake] = energies(play)
    return add(onReal, abs(balance(onReal, onFake)))
  })
  const { discriminator = [] } = game.objectives
  return { ...game, objectives: { ...game.objectives, discriminator: [...discriminator, ...convergence] } }
}

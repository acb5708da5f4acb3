import { add, mul, square, sub } from '../../../ops/arithmetic.ts'
import { mean, sum } from '../../../ops/reduction.ts'
import { normal } from '../../../random/normal.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireTensor } from '../../../tensor/arguments.ts'
import { notNegative, positive, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import type { Play } from '../play.ts'
import { networkOf, playerOf, playerRule } from '../players.ts'
import { consistencyAt } from './consistency.ts'
import { featureAxes } from './inputGradient.ts'
import { requireSamples } from './pairs.ts'
import { requireAlike } from './perSample.ts'

export interface LatentConsistencyOptions {
  /** Weight, at least 0; 5 for the critic by default, 0.5 for the generator. */
  readonly lambda?: number
  /** Standard deviation of what latents are moved by, a positive number; 0.05 by default. */
  readonly deviation?: number
  /** Whose term it is: the discriminator, or the generator of `latentDiversity`, by default. */
  readonly player?: string
}

const rules = { lambda: notNegative, deviation: positive, player: playerRule }

/** Returns latents near those of the play: moved by the draw `perturbation`, shaped like them. */
const nearby = ({ latent, draw }: Play, deviation: number): Tensor =>
  add(
    latent,
    draw('perturbation', (key) => mul(deviation, normal(key, latent.shape)))
  )

/**
 * Keeps the scores of fakes the same where their latents move a little, the critic's part of zCR, with d normal of
 * that deviation. Belongs to the discriminator, beside `latentDiversity` of the generator.
 *
 * @formula lambda E (D(G(z)) - D(G(z + d)))²
 * @cost one more pass of both networks, the critic's differentiated
 * @when there is no augmentation that suits the data
 * @see Zhao et al., Improved consistency regularization for GANs (2021), section 3.2
 *
 * @example
 * import { Reg } from 'saddlepoint'
 * Reg.latentConsistency({ deviation: 0 })[0].problems?.[0].path // => ['deviation']
 */
export const latentConsistency = (options: LatentConsistencyOptions = {}, ...more: None): Objective => {
  const usual = { lambda: 5, deviation: 0.05 }
  const { all, problems } = readOptions<LatentConsistencyOptions>(usual, options, rules, {}, more)
  const term = (play: Play): Tensor => {
    const D = play.critic(playerOf(all, 'discriminator'))
    const { shown, fakeLabels, G } = play
    const fake = requireSamples(
      'Reg.latentConsistency',
      shown.fake,
      'its latents are part of what it is shown, and the method does not say how they move'
    )
    const moved = G(nearby(play, all.deviation), fakeLabels)
    return mul(
      all.lambda,
      consistencyAt((x) => D(x, fakeLabels), fake, moved)
    )
  }
  return of('latentConsistency', term, { options: { ...all }, problems })
}

/** Computes E ||x - y||² over samples x and y, the squares summed over a sample. */
export const squaredDistance = (x: Tensor, y: Tensor, ...more: None): Tensor => {
  refuseMore('Reg.squaredDistance', more)
  for (const samples of [x, y]) requireTensor('Reg.squaredDistance', samples)
  requireAlike('Reg.squaredDistance', 'samples y', y, x)
  return mean(sum(square(sub(x, y)), { axes: featureAxes(x) }))
}

/**
 * Rewards a generator for samples that differ where latents do, its part of zCR, with d normal of that deviation. It
 * has no lower bound of its own: the loss, or a generator that ends in tanh, has to hold it.
 *
 * @formula -lambda E ||G(z) - G(z + d)||²
 * @cost one more pass of the generator, differentiated
 * @when beside `latentConsistency`, which alone a generator that ignores its latents satisfies
 * @see Zhao et al., Improved consistency regularization for GANs (2021), section 3.2
 *
 * @example
 * import { Reg, tensor } from 'saddlepoint'
 * Reg.squaredDistance(tensor([[1, 2], [0, 0]]), tensor([[1, 0], [0, 0]])).data // => [2]
 */
export const latentDiversity = (options: LatentConsistencyOptions = {}, ...more: None): Objective => {
  const usual = { lambda: 0.5, deviation: 0.05 }
  const { all, problems } = readOptions<LatentConsistencyOptions>(usual, options, rules, {}, more)
  const term = (play: Play): Tensor => {
    const G = networkOf(play.networks, playerOf(all, 'generator'))
    const { latent, fakeLabels } = play
    const moved = G(nearby(play, all.deviation), fakeLabels)
    return mul(-all.lambda, squaredDistance(G(latent, fakeLabels), moved))
  }
  return of('latentDiversity', term, { options: { ...all }, problems })
}

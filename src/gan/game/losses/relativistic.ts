import { softplus } from '../../../ops/activation.ts'
import { sub } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import type { Loss } from './loss.ts'
import { loss } from './loss.ts'

/**
 * Plays the relativistic pairing game, row i of the reals with row i of the fakes. The generator's update sees reals,
 * too.
 *
 * @formula L_D = E softplus(D(G(z_i)) - D(x_i)), L_G = E softplus(D(x_i) - D(G(z_i)))
 * @cost one more critic pass than the non-saturating loss, in the generator's update
 * @when modes are left out: with R1 and R2 together it covers them well
 * @see Jolicoeur-Martineau, The relativistic discriminator (2018), where it is RpGAN
 * @see Huang et al., The GAN is dead; long live the GAN! (2024), equation 2
 *
 * @example
 * import { Gan, Loss, Net, Prior, Reg, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }),
 *   Gan.withLoss(Loss.relativistic),
 *   Gan.withRegularizer('discriminator', Reg.r1({ gamma: 0.02 })),
 *   Gan.withRegularizer('discriminator', Reg.r2({ gamma: 0.02 }))
 * )
 * spec.loss?.name // => 'relativistic'
 */
export const relativistic: Loss = /* @__PURE__ */ loss(
  'relativistic',
  ({ D, real, fake, realLabels, fakeLabels }) => {
    const onReal = D(real, realLabels)
    return mean(softplus(sub(D(fake, fakeLabels), onReal)))
  },
  ({ D, real, fake, realLabels, fakeLabels }) => mean(softplus(sub(D(real, realLabels), D(fake, fakeLabels))))
)

import { add, div, mul, square, sub } from '../../../ops/arithmetic.ts'
import { stopGradient } from '../../../ops/conversion.ts'
import { mean } from '../../../ops/reduction.ts'
import { normal } from '../../../random/normal.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireTensor } from '../../../tensor/arguments.ts'
import { notNegative, readOptions, upToOne } from '../../../tensor/options.ts'
import { sizeOf } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { vjp } from '../../../transform/vjp.ts'
import type { Generator } from '../generatorJacobian.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import { requireAlike } from './perSample.ts'
import { requireGenerator, rowNorm } from './stretch.ts'
import type { SubsetOptions } from './subset.ts'
import { lookedAt, subsetRules } from './subset.ts'

/** Computes ||J^T y|| of each latent, [B], by one vjp: the length that path length regularization holds constant. */
export const pathLengths = (G: Generator, z: Tensor, cotangent: Tensor, ...more: None): Tensor => {
  requireGenerator('Reg.pathLengths', G, [z, cotangent], more)
  const [y, pullback] = vjp(G, z)
  requireAlike('Reg.pathLengths', 'a cotangent', cotangent, requireTensor('Reg.pathLengths', y))
  return rowNorm(pullback(cotangent)[0])
}

/** Computes E (lengths - a)². */
export const pathLengthPenalty = (lengths: Tensor, a: Tensor | number, ...more: None): Tensor => {
  refuseMore('Reg.pathLengthPenalty', more)
  return mean(square(sub(requireTensor('Reg.pathLengthPenalty', lengths), a)))
}

export interface PathLengthOptions extends SubsetOptions {
  /** At least 0; 2 by default. */
  readonly weight?: number
  /** Weight of the minibatch in the running mean, in [0, 1]; 0.01 by default. */
  readonly decay?: number
}

/**
 * Penalizes path lengths other than their running mean a, with y normal over the square root of the number of pixels
 * (the draw `cotangent`, shaped like G(z)). The mean begins at 0, is kept in the state, and held constant in the
 * gradient.
 *
 * @formula weight E (||J'y|| - a)², a <- a + decay (E ||J'y|| - a)
 * @cost a pass of the generator and its gradient in the latents, both differentiated: about two more of its updates,
 * so StyleGAN 2 takes it every 4 steps with half of the minibatch, `subset`
 * @when latent spaces are to be smooth, for interpolation and inversion
 * @see Karras et al., Analyzing and improving the image quality of StyleGAN (2020), equation 4
 *
 * @example
 * import { Reg, mul, tensor } from 'saddlepoint'
 * import type { Tensor } from 'saddlepoint'
 * const G = (z: Tensor) => mul(z, tensor([3, 4]))
 * Reg.pathLengths(G, tensor([[0, 0]]), tensor([[1, 1]])).data // => [5]
 */
export const pathLength = (options: PathLengthOptions = {}, ...more: None): Objective => {
  const rules = { weight: notNegative, decay: upToOne, ...subsetRules }
  const { all, problems } = readOptions<PathLengthOptions>({ weight: 2, decay: 0.01 }, options, rules, {}, more)
  return of(
    'pathLength',
    (play) => {
      const [G, z] = lookedAt(all, play)
      const { shape } = G(z)
      const cotangent = play.draw('cotangent', (key) => div(normal(key, shape), Math.sqrt(sizeOf(shape.slice(2)))))
      const lengths = pathLengths(G, z, cotangent)
      const before = play.recall('mean', 0)
      const a = stopGradient(add(before, mul(all.decay, sub(mean(lengths), before))))
      play.remember('mean', a)
      return mul(all.weight, pathLengthPenalty(lengths, a))
    },
    { perLatent: true, options: { ...all }, problems }
  )
}

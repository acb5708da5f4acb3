import { add, square, sub } from '../../../ops/arithmetic.ts'
import { relu } from '../../../ops/activation.ts'
import { mean } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireTensor } from '../../../tensor/arguments.ts'
import { notNegative, oneOf, positive, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { extremalDirections } from '../extremalDirections.ts'
import type { Generator } from '../generatorJacobian.ts'
import { requireTallJacobian } from '../generatorJacobian.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import { randomDirection, requireGenerator, secantStretch, tangentStretch } from './stretch.ts'
import type { SubsetOptions } from './subset.ts'
import { lookedAt, subsetRules } from './subset.ts'

/** Computes E max(Q - max, 0)² + max(min - Q, 0)² of stretches Q, [B]. */
export const clampPenalty = (stretch: Tensor, min: number, max: number, ...more: None): Tensor => {
  refuseMore('Reg.clampPenalty', more)
  requireTensor('Reg.clampPenalty', stretch)
  return mean(add(square(relu(sub(stretch, max))), square(relu(sub(min, stretch)))))
}

/** Computes E max(s_max - max, 0)² + max(min - s_min, 0)² of the singular values of G's Jacobian at each latent. */
export const extremalClampPenalty = (G: Generator, z: Tensor, min: number, max: number, ...more: None): Tensor => {
  requireGenerator('Reg.extremalClampPenalty', G, [z], more)
  if (min > 0) requireTallJacobian('Reg.extremalClampPenalty', G, z)
  const { most, least } = extremalDirections(G, z)
  const [largest, smallest] = [tangentStretch(G, z, most), tangentStretch(G, z, least)]
  return mean(add(square(relu(sub(largest, max))), square(relu(sub(min, smallest)))))
}

export interface JacobianClampOptions extends SubsetOptions {
  /** Least stretch that is not penalized, on the scale of singular values of dG/dz; 1 by default, as in the paper. */
  readonly min?: number
  /** Largest stretch that is not penalized; 20 by default, as in the paper. */
  readonly max?: number
  /**
   * 'secant' (as published, the default): a step of length `epsilon` in a random direction. 'jvp': its limit, exact and
   * free of a step size. 'extremal': the directions that are stretched most and least, so that the bounds hold for J's
   * largest and smallest singular value themselves, where random directions hardly ever meet either.
   */
  readonly mode?: 'secant' | 'jvp' | 'extremal'
  /** Radius of the perturbation in mode 'secant'; 1 by default, as in the paper: no small difference step. */
  readonly epsilon?: number
}

const clampDefaults = { min: 1, max: 20, mode: 'secant', epsilon: 1 } as const
const clampRules = {
  min: notNegative,
  max: notNegative,
  mode: oneOf('secant', 'jvp', 'extremal'),
  epsilon: positive,
  ...subsetRules
}

/**
 * Clamps the Jacobian: keeps the stretch Q of random directions by the generator within [min, max]. The direction d
 * is normal, scaled to length epsilon per sample (the draw `perturbation`, shaped like the latents looked at); mode
 * 'jvp' is the limit of small epsilon. In mode 'extremal' it keeps all singular values within: E max(s_max - max, 0)²
 * + E max(min - s_min, 0)². The paper's way to choose the bounds is `Reg.calibrateClamp`.
 *
 * @formula E max(Q - max, 0)² + E max(min - Q, 0)², Q = ||G(z + d) - G(z)|| / ||d||
 * @cost in passes of the generator over the latents looked at: 'secant' one more that is differentiated, 'jvp' two,
 * 'extremal' two a latent dimension that are not differentiated (64 latents: 128 passes, so take a `subset` and
 * `Objective.every`) and four that are; beyond 128 latents 32 Lanczos steps of three passes stand for those of all
 * dimensions, which find s_max well and s_min from above
 * @when runs differ much from seed to seed, or the generator is badly conditioned
 * @see Odena et al., Is generator conditioning causally related to GAN performance? (2018), algorithm 1
 *
 * @example
 * import { Reg, mul, tensor } from 'saddlepoint'
 * import type { Tensor } from 'saddlepoint'
 * const G = (z: Tensor) => mul(z, tensor([2, 5]))
 * const z = tensor([[0.5, 3]])
 * Reg.tangentStretch(G, z, tensor([[3, 0]])).data // => [2]
 * Reg.extremalClampPenalty(G, z, 3, 4).data // => [2]
 */
export const jacobianClamp = (options: JacobianClampOptions = {}, ...more: None): Objective => {
  const { all, problems } = readOptions<JacobianClampOptions>(clampDefaults, options, clampRules, {}, more)
  const { min, max, mode, epsilon } = all
  const crossed: typeof problems =
    problems.length > 0 || min <= max
      ? []
      : [{ path: ['max'], expected: `at least min, ${String(min)}`, actual: String(max), hint: 'Exchange min and max' }]
  return of(
    'jacobianClamp',
    (play) => {
      const [G, z] = lookedAt(all, play)
      if (mode === 'extremal') return extremalClampPenalty(G, z, min, max)
      const perturbation = play.draw('perturbation', (key) => randomDirection(key, z.shape, epsilon))
      const stretch = mode === 'jvp' ? tangentStretch : secantStretch
      return clampPenalty(stretch(G, z, perturbation), min, max)
    },
    { perLatent: true, options: { ...all }, problems: [...problems, ...crossed] }
  )
}

import { add, div, mul, square, sub } from '../../ops/arithmetic.ts'
import { relu } from '../../ops/activation.ts'
import { norm } from '../../ops/norm.ts'
import { mean } from '../../ops/reduction.ts'
import { stopGradient } from '../../ops/conversion.ts'
import { normal } from '../../random/normal.ts'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore, requireFunction, requireTensor } from '../../tensor/arguments.ts'
import { notNegative, positive, upToOne } from '../../tensor/options.ts'
import { range, sizeOf } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { jvp } from '../../transform/jvp.ts'
import { vjp } from '../../transform/vjp.ts'
import type { Objective } from './objective.ts'
import { of } from './objective.ts'
import { oneOf, readOptions } from '../../tensor/options.ts'
import type { Generator } from './generatorJacobian.ts'
import { extremalDirections } from './generatorJacobian.ts'
import { networkOf, playerOf, playerRule } from './players.ts'

export type { Generator } from './generatorJacobian.ts'

const requireLatents = (op: string, G: Generator, latents: readonly Tensor[], more: readonly unknown[]): void => {
  refuseMore(op, more)
  requireFunction(op, G, 'a generator, which is a function of latents')
  for (const z of latents) requireTensor(op, z)
}

/** Computes ||x||_2 of each row over all axes but the first. */
const rowNorm = (x: Tensor, keepDims = false): Tensor =>
  norm(x, { axes: range(requireTensor('G', x, 'a tensor of samples').shape.length).slice(1), keepDims })

/** Computes how much G stretches each latent's `perturbation` d: ||G(z + d) - G(z)|| / ||d||, [B]. */
export const secantStretch = (G: Generator, z: Tensor, perturbation: Tensor, ...more: None): Tensor => {
  requireLatents('Reg.secantStretch', G, [z, perturbation], more)
  return div(rowNorm(sub(G(add(z, perturbation)), G(z))), rowNorm(perturbation))
}

/** Computes the secant stretch's limit for small d, by one Jacobian-vector product: ||J_G(z) v|| / ||v||, [B]. */
export const tangentStretch = (G: Generator, z: Tensor, direction: Tensor, ...more: None): Tensor => {
  requireLatents('Reg.tangentStretch', G, [z, direction], more)
  return div(rowNorm(jvp(G, [z], [direction])[1]), rowNorm(direction))
}

/** Computes E max(Q - max, 0)² + max(min - Q, 0)² of stretches Q, [B]. */
export const clampPenalty = (stretch: Tensor, min: number, max: number, ...more: None): Tensor => {
  refuseMore('Reg.clampPenalty', more)
  requireTensor('Reg.clampPenalty', stretch)
  return mean(add(square(relu(sub(stretch, max))), square(relu(sub(min, stretch)))))
}

/** Computes E max(s_max - max, 0)² + max(min - s_min, 0)² of the singular values of G's Jacobian at each latent. */
export const extremalClampPenalty = (G: Generator, z: Tensor, min: number, max: number, ...more: None): Tensor => {
  requireLatents('Reg.extremalClampPenalty', G, [z], more)
  const { most, least } = extremalDirections(G, z)
  const [largest, smallest] = [tangentStretch(G, z, most), tangentStretch(G, z, least)]
  return mean(add(square(relu(sub(largest, max))), square(relu(sub(min, smallest)))))
}

export interface JacobianClampOptions {
  /** Bounds of the stretch, on the scale of singular values of dG/dz; 1 and 20 by default, as in the paper. */
  readonly min?: number
  readonly max?: number
  /**
   * 'secant' (as published, the default): a step of length `epsilon` in a random direction. 'jvp': its limit, exact and
   * free of a step size. 'extremal': the directions that are stretched most and least, so that the bounds hold for J's
   * largest and smallest singular value themselves, where random directions hardly ever meet either.
   */
  readonly mode?: 'secant' | 'jvp' | 'extremal'
  /** Radius of the perturbation in mode 'secant'; 1 by default, as in the paper: no small difference step. */
  readonly epsilon?: number
  /** Whose Jacobian is clamped; the generator's by default. */
  readonly player?: string
}

const clampDefaults = { min: 1, max: 20, mode: 'secant', epsilon: 1 } as const
const clampRules = {
  min: notNegative,
  max: notNegative,
  mode: oneOf('secant', 'jvp', 'extremal'),
  epsilon: positive,
  player: playerRule
}

/**
 * Clamps the Jacobian: keeps the stretch of random directions by the generator within [min, max]. The direction is
 * normal, scaled to length epsilon per sample (the draw `perturbation`, shaped like the latent). In mode 'extremal' it
 * keeps all singular values within: E max(s_max - max, 0)² + E max(min - s_min, 0)², at the cost of one Jacobian-vector
 * product a latent dimension, not differentiated, and two that are.
 *
 * @see Odena et al., Is generator conditioning causally related to GAN performance? (2018), algorithm 1
 */
export const jacobianClamp = (options: JacobianClampOptions = {}, ...more: None): Objective => {
  const { all, problems } = readOptions(clampDefaults, options, clampRules, {}, more)
  const { min, max, mode, epsilon } = all
  const crossed: typeof problems =
    problems.length > 0 || min <= max
      ? []
      : [{ path: ['max'], expected: `at least min, ${String(min)}`, actual: String(max), hint: 'Exchange min and max' }]
  return of(
    'jacobianClamp',
    ({ networks, latent, fakeLabels, draw }) => {
      const network = networkOf(networks, playerOf(all, 'generator'))
      const G = (z: Tensor): Tensor => network(z, fakeLabels)
      if (mode === 'extremal') return extremalClampPenalty(G, latent, min, max)
      const perturbation = draw('perturbation', (key) => {
        const direction = normal(key, latent.shape)
        return mul(epsilon, div(direction, rowNorm(direction, true)))
      })
      const stretch = mode === 'jvp' ? tangentStretch : secantStretch
      return clampPenalty(stretch(G, latent, perturbation), min, max)
    },
    { options: { ...all }, problems: [...problems, ...crossed] }
  )
}

/** Computes ||J^T y|| of each latent, [B], by one vjp: the length that path length regularization holds constant. */
export const pathLengths = (G: Generator, z: Tensor, cotangent: Tensor, ...more: None): Tensor => {
  requireLatents('Reg.pathLengths', G, [z, cotangent], more)
  const [, pullback] = vjp(G, z)
  return rowNorm(pullback(cotangent)[0])
}

/** Computes E (lengths - a)². */
export const pathLengthPenalty = (lengths: Tensor, a: Tensor | number, ...more: None): Tensor => {
  refuseMore('Reg.pathLengthPenalty', more)
  return mean(square(sub(requireTensor('Reg.pathLengthPenalty', lengths), a)))
}

export interface PathLengthOptions {
  /** At least 0; 2 by default. */
  readonly weight?: number
  /** Weight of the minibatch in the running mean, in [0, 1]; 0.01 by default. */
  readonly decay?: number
  /** Whose path lengths are penalized; the generator's by default. */
  readonly player?: string
}

/**
 * Penalizes path lengths: weight E (||J^T y|| - a)², with y normal over the square root of the number of pixels (the
 * draw `cotangent`, shaped like G(z)) and a the running mean of the lengths, a <- a + decay (E ||J^T y|| - a) from
 * 0, kept in the state and held constant in the gradient. StyleGAN 2 takes it every 4 steps.
 *
 * @see Karras et al., Analyzing and improving the image quality of StyleGAN (2020), equation 4
 */
export const pathLength = (options: PathLengthOptions = {}, ...more: None): Objective => {
  const rules = { weight: notNegative, decay: upToOne, player: playerRule }
  const { all, problems } = readOptions({ weight: 2, decay: 0.01 }, options, rules, {}, more)
  return of(
    'pathLength',
    ({ networks, latent, fakeLabels, draw, recall, remember }) => {
      const G = networkOf(networks, playerOf(all, 'generator'))
      const { shape } = G(latent, fakeLabels)
      const cotangent = draw('cotangent', (key) => div(normal(key, shape), Math.sqrt(sizeOf(shape.slice(2)))))
      const lengths = pathLengths((z) => G(z, fakeLabels), latent, cotangent)
      const before = recall('mean', 0)
      const a = stopGradient(add(before, mul(all.decay, sub(mean(lengths), before))))
      remember('mean', a)
      return mul(all.weight, pathLengthPenalty(lengths, a))
    },
    { options: { ...all }, problems }
  )
}

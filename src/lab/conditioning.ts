import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { showShape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { rowsOf } from './rows.ts'
import { singularValues } from './singularValues.ts'

/** Says how a generator stretches the surroundings of a latent. */
export interface Conditioning {
  /** The singular values of the Jacobian J, descending: as many as the smaller of outputs and latents. */
  readonly singularValues: readonly number[]
  /** Counts those that are not 0, beyond rounding. */
  readonly rank: number
  /** exp(-sum p log p), p the singular values over their sum: as if so many of them were alike. */
  readonly effectiveRank: number
  /**
   * The log of the condition number of the metric tensor M = J'J: 2 log(s_1 / s_latents), s the singular values. Infinity
   * where M is singular: some direction of latents changes nothing.
   */
  readonly logCondition: number
  /** log det M; -Infinity where M is singular. */
  readonly logDeterminant: number
}

/** Says below what part of the largest a singular value is the rounding of a Jacobian, in double or single precision. */
export const roundingOf = (x: Tensor): number => (x.data instanceof Float64Array ? 1e-12 : 2 ** -23)

/** Computes the figures of the singular values of one Jacobian of so many latents; those below `rounding` of the largest count as 0. */
export const figuresOf = (values: readonly number[], latents: number, rounding: number): Conditioning => {
  const total = values.reduce((sum, s) => sum + s, 0)
  const rank = values.filter((s) => s > rounding * values[0]!).length
  const shares = values.map((s) => s / total).filter((p) => p > 0)
  return {
    singularValues: values,
    rank,
    effectiveRank: rank === 0 ? 0 : Math.exp(-shares.reduce((sum, p) => sum + p * Math.log(p), 0)),
    logCondition: rank < latents ? Infinity : 2 * Math.log(values[0]! / values[latents - 1]!),
    logDeterminant: rank < latents ? -Infinity : 2 * values.reduce((sum, s) => sum + Math.log(s), 0)
  }
}

/**
 * Computes the conditioning of one Jacobian [outputs, latents] on the host, in double precision. Takes 2 outputs latents²
 * operations and some 50 latents³. A Jacobian in single precision is itself known to 1e-7 of its largest singular value,
 * and a smaller one counts as 0. Throws InvalidArgument for a NaN, ShapeMisfit for no matrix.
 *
 * @see Odena et al., Is generator conditioning causally related to GAN performance? (2018), section 2
 *
 * @example
 * import { Lab, tensor } from 'saddlepoint'
 * const { singularValues, logCondition } = Lab.conditioningOf(tensor([[0, 4], [2, 0], [0, 0]]))
 * singularValues // => [4, 2]
 * logCondition // => 1.3862943611198906
 * Lab.conditioningOf(tensor([[1, 1], [2, 2]])).logCondition // => Infinity
 */
export const conditioningOf = (jacobian: Tensor, ...more: None): Conditioning => {
  refuseMore('conditioningOf', more)
  const { width, data } = rowsOf('conditioningOf', 'a Jacobian', jacobian, 1)
  if (jacobian.shape.length !== 2)
    fail('ShapeMisfit', {
      op: 'conditioningOf',
      expected: 'one Jacobian [outputs, latents]',
      actual: showShape(jacobian.shape),
      hint: 'Lab.averageSpectrum takes a batch of them'
    })
  return figuresOf(singularValues(data, jacobian.shape), width, roundingOf(jacobian))
}

/** Computes the mean of some numbers and their deviation, divided by their number; both infinite where one of them is. */
export const meanAndDeviation = (values: readonly number[]): { readonly mean: number; readonly deviation: number } => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  if (!Number.isFinite(mean)) return { mean, deviation: Infinity }
  return { mean, deviation: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length) }
}

/** Says how a generator stretches the surroundings of several latents. */
export interface AverageSpectrum {
  /** The conditioning at each latent. */
  readonly each: readonly Conditioning[]
  /** The singular values of the mean of the Jacobians, descending. */
  readonly singularValues: readonly number[]
  /** The mean of the singular values, the largest with the largest and so on. */
  readonly meanOfSingularValues: readonly number[]
  readonly meanLogCondition: number
  /** Over the latents, divided by their number; infinite where the condition is. */
  readonly deviationLogCondition: number
}

/**
 * Computes the conditioning at several latents from their Jacobians [n, outputs, latents], their mean and spread, and the
 * spectrum of the mean Jacobian.
 *
 * @see Odena et al. (2018), section 2; figure 1
 *
 * @example
 * import { Lab, tensor } from 'saddlepoint'
 * const found = Lab.averageSpectrum(tensor([[[1, 0], [0, 1]], [[3, 0], [0, 1]]]))
 * found.singularValues // => [2, 1]
 * found.meanLogCondition // => 1.0986122886681098
 */
export const averageSpectrum = (jacobians: Tensor, ...more: None): AverageSpectrum => {
  refuseMore('averageSpectrum', more)
  const { count, width, data } = rowsOf('averageSpectrum', 'Jacobians', jacobians, 1)
  const [, outputs = 0, latents = 0] = jacobians.shape
  if (jacobians.shape.length !== 3)
    fail('ShapeMisfit', {
      op: 'averageSpectrum',
      expected: 'Jacobians [n, outputs, latents]',
      actual: showShape(jacobians.shape)
    })
  const mean = new Float64Array(width)
  for (let i = 0; i < data.length; i++) mean[i % width]! += data[i]! / count
  const each = Array.from({ length: count }, (_, n) => {
    const own = data.subarray(n * width, (n + 1) * width)
    return figuresOf(singularValues(own, [outputs, latents]), latents, roundingOf(jacobians))
  })
  const over = (f: (one: Conditioning) => number): number => each.reduce((sum, one) => sum + f(one), 0) / count
  const logConditions = each.map(({ logCondition }) => logCondition)
  return {
    each,
    singularValues: singularValues(mean, [outputs, latents]),
    meanOfSingularValues: each[0]!.singularValues.map((_, i) => over((one) => one.singularValues[i]!)),
    meanLogCondition: meanAndDeviation(logConditions).mean,
    deviationLogCondition: meanAndDeviation(logConditions).deviation
  }
}

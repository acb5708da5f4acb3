import type { Modes } from '../data/toy.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireNumbers } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { anything, positive, readOptions } from '../tensor/options.ts'
import { refuse } from '../tensor/problem.ts'
import { showShape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'

/** Says how a set of samples covers known modes. */
export interface ModeCoverage {
  /** Modes that are the nearest one of at least one high-quality sample. */
  readonly captured: number
  /** How many modes there are. */
  readonly modes: number
  /** The part of the samples, in [0, 1], within three standard deviations of a mode. */
  readonly highQuality: number
  /**
   * KL(p || uniform) in nats of the histogram p of high-quality samples over the modes: 0 where all modes are hit
   * equally often, log(modes) where one takes all; NaN where no sample is of high quality and there is no p.
   */
  readonly reverseKl: number
  /** High-quality samples by mode. */
  readonly counts: readonly number[]
}

interface Nearest {
  readonly mode: number
  readonly squaredDistance: number
}

const nearest = (samples: Tensor, row: number, { centres }: Modes): Nearest => {
  const dimension = centres.shape[1]!
  let best: Nearest = { mode: -1, squaredDistance: Infinity }
  for (let mode = 0; mode < centres.shape[0]!; mode++) {
    let squaredDistance = 0
    for (let j = 0; j < dimension; j++) {
      const difference = samples.data[row * dimension + j]! - centres.data[mode * dimension + j]!
      squaredDistance += difference * difference
    }
    if (squaredDistance < best.squaredDistance) best = { mode, squaredDistance }
  }
  return best
}

/** Computes KL(p || uniform), in nats, of the distribution that counts describe; NaN where all are zero. */
export const klToUniform = (counts: readonly number[]): number => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return NaN
  return counts.reduce((sum, count) => {
    const p = count / total
    return count === 0 ? sum : sum + p * Math.log(p * counts.length)
  }, 0)
}

/**
 * Computes the three figures by which mode collapse is reported on rings and grids of Gaussians: modes captured, the
 * part of samples of high quality (Mahalanobis distance to the nearest mode below 3), and the reverse KL divergence of
 * their histogram from the uniform one. `samples` is [n, dimension]; published tables use n = 2500. A sample with a NaN
 * counts as of low quality. Throws ShapeMisfit where samples and centres do not fit.
 *
 * Source: Z. Lin et al., "PacGAN: The power of two samples in generative adversarial networks" (2018), and A.
 * Srivastava et al., "VEEGAN" (2017), which define them alike.
 *
 * @example
 * import { modeCoverage, tensor } from 'saddlepoint'
 * const modes = { centres: tensor([[0, 0], [4, 0], [0, 4], [4, 4]]), sd: 0.1 }
 * const found = modeCoverage(tensor([[0, 0.2], [4, 0], [4, 0.1], [2, 2]]), modes)
 * found.captured // => 2
 * found.highQuality // => 0.75
 * found.counts // => [1, 2, 0, 0]
 */
export const modeCoverage = (samples: Tensor, modes: Modes, ...more: None): ModeCoverage => {
  refuseMore('modeCoverage', more)
  requireNumbers('modeCoverage', samples, 'samples [n, d]')
  refuse('modeCoverage', readOptions({}, modes, { centres: anything, sd: positive }).problems)
  requireNumbers('modeCoverage', modes.centres, 'modes { centres: [modes, d], sd }')
  const [count, dimension] = [modes.centres.shape[0]!, modes.centres.shape[1]!]
  if (modes.centres.shape.length !== 2 || samples.shape.length !== 2 || samples.shape[1] !== dimension)
    fail('ShapeMisfit', {
      op: 'modeCoverage',
      expected: 'samples [n, d] and centres [modes, d]',
      actual: `samples ${showShape(samples.shape)} and centres ${showShape(modes.centres.shape)}`
    })
  const counts = new Array<number>(count).fill(0)
  const size = samples.shape[0]!
  for (let row = 0; row < size; row++) {
    const { mode, squaredDistance } = nearest(samples, row, modes)
    if (squaredDistance < (3 * modes.sd) ** 2) counts[mode]! += 1
  }
  return {
    captured: counts.filter((n) => n > 0).length,
    modes: count,
    highQuality: counts.reduce((sum, n) => sum + n, 0) / size,
    reverseKl: klToUniform(counts),
    counts
  }
}

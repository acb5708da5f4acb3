import { add, clamp, mul, sub } from '../../../ops/arithmetic.ts'
import { sqrt } from '../../../ops/elementary.ts'
import { variance } from '../../../ops/reduction.ts'
import { uniform } from '../../../random/uniform.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireTensor } from '../../../tensor/arguments.ts'
import type { Rule } from '../../../tensor/options.ts'
import { finite, notNegative, oneOf, optional, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import type { Play } from '../play.ts'
import { playerOf, playerRule } from '../players.ts'
import { gradientPenaltyAt } from './gradientPenalty.ts'
import { requireSamples } from './pairs.ts'
import { perSample, requireAlike } from './perSample.ts'

/** Names the least and the greatest value that data have. */
export type Bounds = readonly [low: number, high: number]

/**
 * Moves samples x by noise around 0, as compare_gan does: x + scale sd (u - 1/2), with u uniform on [0, 1) (shaped like
 * x) and sd the standard deviation over all numbers of the minibatch, divided by their count; clipped to `clip`.
 *
 * @throws ShapeMisfit for u of another shape than x
 */
export const centredNoise = (x: Tensor, u: Tensor, scale = 1, clip?: Bounds, ...more: None): Tensor => {
  refuseMore('Reg.centredNoise', more)
  for (const given of [x, u]) requireTensor('Reg.centredNoise', given)
  requireAlike('Reg.centredNoise', 'noise u', u, x)
  const moved = add(x, mul(mul(scale, sqrt(variance(x))), sub(u, 0.5)))
  return clip === undefined ? moved : clamp(moved, { min: clip[0], max: clip[1] })
}

/**
 * Moves samples x by positive noise, as StudioGAN does: x + a scale sd u, with u as in `centredNoise`, a uniform on [0, 1)
 * for each sample ([B] or [B, 1]), and sd divided by the count less 1.
 *
 * @throws ShapeMisfit for other alphas, and for u of another shape than x
 */
export const forwardNoise = (x: Tensor, u: Tensor, alpha: Tensor, scale = 0.5, ...more: None): Tensor => {
  refuseMore('Reg.forwardNoise', more)
  for (const given of [x, u, alpha]) requireTensor('Reg.forwardNoise', given)
  const sd = sqrt(variance(x, { ddof: 1 }))
  requireAlike('Reg.forwardNoise', 'noise u', u, x)
  const a = perSample('Reg.forwardNoise', 'alpha', alpha, x)
  return add(x, mul(mul(a, mul(scale, sd)), u))
}

export interface DraganOptions {
  /** Weight of the penalty, at least 0; 10 by default. */
  readonly lambda?: number
  /** The gradient norm aimed at, at least 0; 1 by default. */
  readonly target?: number
  /** Which of the two published noises: `centredNoise` (default) or `forwardNoise`. */
  readonly noise?: 'centred' | 'forward'
  /** Size of the noise in standard deviations of data, at least 0; 1 by default for 'centred', 0.5 for 'forward'. */
  readonly scale?: number
  /** Range of data to which centred noise is clipped: [-1, 1] for images, say; none by default. */
  readonly clip?: Bounds
  /** Whose scores are penalized; the discriminator's by default. */
  readonly player?: string
}

const boundsRule: Rule = {
  expected: 'a pair [low, high] of numbers, low below high',
  accepts: (x) => Array.isArray(x) && x.length === 2 && x.every(finite.accepts) && Number(x[0]) < Number(x[1])
}

const rules = {
  lambda: notNegative,
  target: notNegative,
  noise: oneOf('centred', 'forward'),
  scale: optional(notNegative),
  clip: optional(boundsRule),
  player: playerRule
}

/**
 * Penalizes as DRAGAN: slopes of D other than the target at real samples moved by noise (the draw `uniform`, shaped
 * like real; of the noise 'forward' also `alpha`, [B]). The published codes differ in the noise, and the paper's text
 * in a third way, so it has a name here.
 *
 * @formula lambda E (||dD/dx|| - target)², x = real + noise
 * @cost a gradient of D in its input, differentiated
 * @when a penalty is to take hold near data only, where WGAN-GP's does between data and fakes; for any loss
 * @see Kodali et al., On convergence and stability of GANs (2017), equation 2
 *
 * @example
 * import { Reg, tensor } from 'saddlepoint'
 * Reg.centredNoise(tensor([[1], [3]]), tensor([[1], [0]])).data // => [1.5, 2.5]
 * Reg.dragan({ noise: 'forward', scale: -1 })[0].problems?.[0].path // => ['scale']
 */
export const dragan = (options: DraganOptions = {}, ...more: None): Objective => {
  const usual = { lambda: 10, target: 1, noise: 'centred' } as const
  const { all, problems } = readOptions<DraganOptions>(usual, options, rules, {}, more)
  const { lambda, target, noise, scale, clip } = all
  const unclipped: typeof problems =
    noise !== 'forward' || !('clip' in all)
      ? []
      : [{ path: ['clip'], expected: "none with noise 'forward'", actual: 'one', hint: "Take noise 'centred'" }]
  const pointsOf = ({ shown, draw }: Play): Tensor => {
    const real = requireSamples('Reg.dragan', shown.real, 'the noise is sized by one deviation, that of data')
    const u = draw('uniform', (key) => uniform(key, real.shape))
    if (noise !== 'forward') return centredNoise(real, u, scale, clip)
    const alpha = draw('alpha', (key) => uniform(key, real.shape.slice(0, 1)))
    return forwardNoise(real, u, alpha, scale)
  }
  const term = (play: Play): Tensor => {
    const D = play.critic(playerOf(all, 'discriminator'))
    const points = pointsOf(play)
    return mul(
      lambda,
      gradientPenaltyAt((x) => D(x, play.realLabels), points, target)
    )
  }
  return of('dragan', term, { perSample: true, options: { ...all }, problems: [...problems, ...unclipped] })
}

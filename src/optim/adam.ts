import { add, div, mul, pow, square, sub } from '../ops/arithmetic.ts'
import { equal, where } from '../ops/comparison.ts'
import { convert } from '../ops/conversion.ts'
import { zerosLike } from '../ops/creation.ts'
import { expm1, log, sqrt } from '../ops/elementary.ts'
import type { None } from '../tensor/arguments.ts'
import { belowOne, count as aCount, notNegative, optional, readOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { treeMap } from '../tensor/tree.ts'
import type { Optimizer } from './optimizer.ts'
import { chain, named, transformation } from './optimizer.ts'
import type { Count } from './scaling.ts'
import { addDecayedWeights, descend, learningRateRule, noUpdates } from './scaling.ts'
import type { Rate } from './schedule.ts'
import { rateAt, rateProblems, rateRule } from './schedule.ts'

export interface AdamOptions {
  /** A number, or a schedule: of the cycle in a GAN, else of the update. */
  readonly learningRate: Rate
  /** Decay of the mean of gradients, in [0, 1), 0.9 by default; GANs often take 0 or 0.5. May be a schedule. */
  readonly b1?: Rate
  /** Decay of the mean of squared gradients, in [0, 1), 0.999 by default. May be a schedule. */
  readonly b2?: Rate
  /** Added to the root, 1e-8 by default. */
  readonly epsilon?: number
  /** Added under the root, 0 by default: for those who differentiate through updates. */
  readonly epsilonRoot?: number
  /**
   * Corrects for a penalty that counts at every k-th step alone, as StyleGAN 2 does: learningRate c, b1^c and b2^c with
   * c = k / (k + 1). There the penalty is a step of its own; here it is part of the k-th, so nothing has to be corrected, and
   * nothing is by default: give k to reproduce published settings.
   */
  readonly lazy?: number
}

export interface AdamWOptions extends AdamOptions {
  /** 0.01 by default. */
  readonly weightDecay?: number
}

/**
 * Computes 1 / (1 - b^t), which frees a decayed mean of its bias towards 0: 1 - b^t to full precision however close b
 * is to 1, and 1 for b = 0, which has no logarithm.
 */
export const correction = (b: number | Tensor, t: Tensor): number | Tensor =>
  b === 0 ? 1 : div(-1, expm1(mul(t, typeof b === 'number' ? Math.log(b) : log(b))))

/**
 * Computes √v with a derivative of 0 at 0, so that a gradient of exactly 0 does not make derivatives through its update
 * NaN.
 */
export const root = (v: Tensor): Tensor => {
  const vanishes = equal(v, 0)
  return where(vanishes, 0, sqrt(where(vanishes, 1, v)))
}

interface Moments extends Count {
  readonly mean: unknown
  readonly square: unknown
}

/** Changes a rate by a function of numbers and of scalars; a schedule keeps its name, and whether it counts updates. */
const mapped = (rate: Rate, f: (x: number) => number, g: (x: Tensor | number) => Tensor): Rate =>
  typeof rate === 'number' ? f(rate) : Object.assign((step: Tensor) => g(rateAt(rate, step)), rate)

/** Returns the rates of Adam where a penalty that counts at every k-th step is to be a step of its own. */
const rates = ({ learningRate, b1, b2, lazy }: Required<AdamOptions>) => {
  if ((lazy as number | undefined) === undefined) return { learningRate, b1, b2 }
  const c = lazy / (lazy + 1)
  const power = (rate: Rate): Rate =>
    mapped(
      rate,
      (x) => x ** c,
      (x) => pow(x, c)
    )
  return {
    learningRate: mapped(
      learningRate,
      (x) => c * x,
      (x) => mul(c, x)
    ),
    b1: power(b1),
    b2: power(b2)
  }
}

/** m <- b1 m + (1 - b1) g and v <- b2 v + (1 - b2) g², from 0; the result is m̂ / (√(v̂ + epsilonRoot) + epsilon). */
export const normalizeByMoments = (b1: Rate, b2: Rate, epsilon: number, epsilonRoot: number): Optimizer =>
  transformation<Moments>({
    name: 'normalizeByMoments',
    init: (params) => ({
      count: noUpdates(),
      // A mean that forgets everything is the gradient itself, and is not kept.
      mean: b1 === 0 ? [] : treeMap(zerosLike, params),
      square: treeMap(zerosLike, params)
    }),
    update: (gradients, state, _, step) => {
      const [beta1, beta2] = [rateAt(b1, state.count, step), rateAt(b2, state.count, step)]
      const count = add(state.count, 1)
      const t = convert(count, 'float32')
      const decayed = (moment: Tensor, b: number | Tensor, x: Tensor): Tensor =>
        add(mul(moment, b), mul(x, typeof b === 'number' ? 1 - b : sub(1, b)))
      const mean =
        b1 === 0 ? gradients : treeMap((m, g) => decayed(m, beta1, g), state.mean as typeof gradients, gradients)
      const squares = treeMap((v, g) => decayed(v, beta2, square(g)), state.square as typeof gradients, gradients)
      const [forMean, forSquare] = [correction(beta1, t), correction(beta2, t)]
      const updates = treeMap(
        (m, v) => div(mul(m, forMean), add(root(add(mul(v, forSquare), epsilonRoot)), epsilon)),
        mean,
        squares
      )
      return [updates, { count, mean: b1 === 0 ? [] : mean, square: squares }]
    }
  })

const defaults = { b1: 0.9, b2: 0.999, epsilon: 1e-8, epsilonRoot: 0 }
const rules = {
  learningRate: learningRateRule,
  b1: rateRule(belowOne),
  b2: rateRule(belowOne),
  epsilon: notNegative,
  epsilonRoot: notNegative,
  lazy: optional(aCount)
}

/**
 * Makes Adam: with m and v the decayed means of g and g², m̂ = m / (1 - b1^t) and v̂ = v / (1 - b2^t) free of their
 * bias towards 0 at update t = 1, 2 ...
 *
 * @formula p <- p - learningRate m̂ / (√(v̂ + epsilonRoot) + epsilon)
 * @cost two copies of the parameters
 * @when in doubt: the usual choice, for GANs with b1 0 or 0.5 and b2 0.9 to 0.999
 * @see Kingma and Ba, Adam: a method for stochastic optimization (2015), algorithm 1
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const optimizer = Opt.adam({ learningRate: 0.01, b1: 0, b2: 0.9 })
 * const params = tensor([1, 1])
 * const [updates] = optimizer.update(tensor([5, -0.3]), optimizer.init(params), params)
 * updates.data // => [-0.01, 0.01]
 * const lazy = Opt.adam({ learningRate: 0.17, b1: 0, lazy: 16 })
 * lazy.update(tensor([5]), lazy.init(tensor([1])), tensor([1]))[0].data // => [-0.16]
 */
export const adam = (options: AdamOptions, ...more: None): Optimizer => {
  const { all, problems } = readOptions<AdamOptions>(defaults, options, rules, {}, more)
  const { learningRate, b1, b2 } = rates(all)
  return named(
    'adam',
    all,
    [...problems, ...rateProblems(all)],
    chain(normalizeByMoments(b1, b2, all.epsilon, all.epsilonRoot), descend(learningRate))
  )
}

/**
 * Makes Adam with weight decay beside the gradient, then Adam's update.
 *
 * @formula p <- p (1 - learningRate weightDecay) - learningRate m̂ / (√(v̂ + epsilonRoot) + epsilon)
 * @cost two copies of the parameters
 * @when weights are to decay at the same pace, however large their gradients are
 * @see Loshchilov and Hutter, Decoupled weight decay regularization (2019), algorithm 2
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const optimizer = Opt.adamW({ learningRate: 0.01, weightDecay: 0.1 })
 * const params = tensor([10])
 * optimizer.update(tensor([1]), optimizer.init(params), params)[0].data // => [-0.02]
 */
export const adamW = (options: AdamWOptions, ...more: None): Optimizer => {
  const known = { ...rules, weightDecay: notNegative }
  const { all, problems } = readOptions<AdamWOptions>({ ...defaults, weightDecay: 0.01 }, options, known, {}, more)
  const { learningRate, b1, b2 } = rates(all)
  return named(
    'adamW',
    all,
    [...problems, ...rateProblems(all)],
    chain(
      normalizeByMoments(b1, b2, all.epsilon, all.epsilonRoot),
      addDecayedWeights(all.weightDecay),
      descend(learningRate)
    )
  )
}

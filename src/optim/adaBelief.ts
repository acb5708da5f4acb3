import { add, div, mul, square, sub } from '../ops/arithmetic.ts'
import { convert } from '../ops/conversion.ts'
import { zerosLike } from '../ops/creation.ts'
import type { None } from '../tensor/arguments.ts'
import type { Rule } from '../tensor/options.ts'
import { belowOne, positive, readOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { treeMap } from '../tensor/tree.ts'
import { correction, root } from './adam.ts'
import type { Optimizer } from './optimizer.ts'
import { chain, named, transformation } from './optimizer.ts'
import type { Count } from './scaling.ts'
import { descend, learningRateRule, noUpdates } from './scaling.ts'
import type { Rate } from './schedule.ts'
import { rateAt, rateProblems, rateRule } from './schedule.ts'

export interface AdaBeliefOptions {
  /** A number, or a schedule: of the cycle in a GAN, else of the update. */
  readonly learningRate: Rate
  /** Decay of the mean of gradients, in (0, 1), 0.9 by default; 0.5 for GANs in the paper. May be a schedule. */
  readonly b1?: Rate
  /** Decay of the mean of squared surprises, in [0, 1), 0.999 by default. May be a schedule. */
  readonly b2?: Rate
  /** Added to that mean at every update, and to its root; a positive number, 1e-12 by default as in the paper's GANs. */
  readonly epsilon?: number
}

interface Moments extends Count {
  readonly mean: unknown
  readonly surprise: unknown
}

/** m <- b1 m + (1 - b1) g and s <- b2 s + (1 - b2) (g - m)² + epsilon, from 0; the result is m̂ / (√ŝ + epsilon). */
const normalizeBySurprise = (b1: Rate, b2: Rate, epsilon: number): Optimizer =>
  transformation<Moments>({
    name: 'normalizeBySurprise',
    init: (params) => ({
      count: noUpdates(),
      mean: treeMap(zerosLike, params),
      surprise: treeMap(zerosLike, params)
    }),
    update: (gradients, state, _, step) => {
      const [beta1, beta2] = [rateAt(b1, state.count, step), rateAt(b2, state.count, step)]
      const count = add(state.count, 1)
      const t = convert(count, 'float32')
      const decayed = (moment: Tensor, b: number | Tensor, x: Tensor): Tensor => add(mul(moment, b), mul(x, sub(1, b)))
      const mean = treeMap((m, g) => decayed(m, beta1, g), state.mean as typeof gradients, gradients)
      const surprise = treeMap(
        (s, g, m) => add(decayed(s, beta2, square(sub(g, m))), epsilon),
        state.surprise as typeof gradients,
        gradients,
        mean
      )
      const [forMean, forSurprise] = [correction(beta1, t), correction(beta2, t)]
      const updates = treeMap((m, s) => div(mul(m, forMean), add(root(mul(s, forSurprise)), epsilon)), mean, surprise)
      return [updates, { count, mean, surprise }]
    }
  })

const strictlyBetween: Rule = { expected: 'a number in (0, 1)', accepts: (x) => belowOne.accepts(x) && x !== 0 }

/**
 * Makes AdaBelief: Adam that divides by how far gradients are from their mean m, not by how large they are. Takes
 * long steps where gradients agree. m̂ and ŝ are free of their bias at update t = 1, 2 ...
 *
 * @formula s <- b2 s + (1 - b2) (g - m)² + epsilon; p <- p - learningRate m̂ / (√ŝ + epsilon)
 * @cost two copies of the parameters
 * @when Adam's steps are too cautious where gradients agree
 * @see Zhuang et al., AdaBelief optimizer (2020), algorithm 2
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const optimizer = Opt.adaBelief({ learningRate: 0.1, b1: 0.5 })
 * const params = tensor([0])
 * // m̂ = 3, and ŝ = (3 - 1.5)².
 * optimizer.update(tensor([3]), optimizer.init(params), params)[0].data // => [-0.2]
 */
export const adaBelief = (options: AdaBeliefOptions, ...more: None): Optimizer => {
  const rules = {
    learningRate: learningRateRule,
    b1: rateRule(strictlyBetween),
    b2: rateRule(belowOne),
    epsilon: positive
  }
  const { all, problems } = readOptions({ b1: 0.9, b2: 0.999, epsilon: 1e-12 }, options, rules, {}, more)
  return named(
    'adaBelief',
    all,
    [...problems, ...rateProblems(all)],
    chain(normalizeBySurprise(all.b1, all.b2, all.epsilon), descend(all.learningRate))
  )
}

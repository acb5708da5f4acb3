import { div, mul } from '../ops/arithmetic.ts'
import { greater, logicalAnd, where } from '../ops/comparison.ts'
import { norm } from '../ops/norm.ts'
import type { None } from '../tensor/arguments.ts'
import { belowOne, notNegative, readOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { treeMap } from '../tensor/tree.ts'
import { normalizeByMoments } from './adam.ts'
import type { Optimizer } from './optimizer.ts'
import { chain, named, transformation } from './optimizer.ts'
import { addDecayedWeights, descend, learningRateRule } from './scaling.ts'
import type { Rate } from './schedule.ts'
import { rateProblems, rateRule } from './schedule.ts'

export interface LambOptions {
  /** A number, or a schedule: of the cycle in a GAN, else of the update. */
  readonly learningRate: Rate
  /** Decay of the mean of gradients, in [0, 1), 0.9 by default. May be a schedule. */
  readonly b1?: Rate
  /** Decay of the mean of squared gradients, in [0, 1), 0.999 by default. May be a schedule. */
  readonly b2?: Rate
  /** Added to the root, 1e-6 by default. */
  readonly epsilon?: number
  /** Added under the root, 0 by default: for those who differentiate through updates. */
  readonly epsilonRoot?: number
  /** At least 0; 0 by default. */
  readonly weightDecay?: number
}

/** u -> u |p| / |u|, parameter by parameter; u where either is 0. */
const trust: Optimizer = transformation<readonly []>({
  name: 'trust',
  init: () => [],
  update: (updates, state, params) => {
    const rescaled = (u: Tensor, p: Tensor): Tensor => {
      const [ofUpdate, ofParameter] = [norm(u), norm(p)]
      const moves = logicalAnd(greater(ofUpdate, 0), greater(ofParameter, 0))
      return mul(u, where(moves, div(ofParameter, where(moves, ofUpdate, 1)), 1))
    }
    return [treeMap(rescaled, updates, params), state]
  }
})

/**
 * Makes LAMB, for large minibatches: with the step u of AdamW, u = m̂ / (√(v̂ + epsilonRoot) + epsilon) + weightDecay
 * p, each parameter tensor moves by the same share of its length. Where p or u is 0, as biases begin, it is AdamW's
 * step.
 *
 * @formula p <- p - learningRate |p| u / |u|
 * @cost two copies of the parameters
 * @when minibatches are large
 * @see You et al., Large batch optimization for deep learning (2020), algorithm 2, with φ the identity
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const optimizer = Opt.lamb({ learningRate: 0.1 })
 * const params = tensor([3, 4])
 * optimizer.update(tensor([1, 0]), optimizer.init(params), params)[0].data // => [-0.5, -0]
 */
export const lamb = (options: LambOptions, ...more: None): Optimizer => {
  const usual = { b1: 0.9, b2: 0.999, epsilon: 1e-6, epsilonRoot: 0, weightDecay: 0 }
  const rules = {
    learningRate: learningRateRule,
    b1: rateRule(belowOne),
    b2: rateRule(belowOne),
    epsilon: notNegative,
    epsilonRoot: notNegative,
    weightDecay: notNegative
  }
  const { all, problems } = readOptions(usual, options, rules, {}, more)
  return named(
    'lamb',
    all,
    [...problems, ...rateProblems(all)],
    chain(
      normalizeByMoments(all.b1, all.b2, all.epsilon, all.epsilonRoot),
      addDecayedWeights(all.weightDecay),
      trust,
      descend(all.learningRate)
    )
  )
}

import { mul, sub } from '../ops/arithmetic.ts'
import { zerosLike } from '../ops/creation.ts'
import type { None } from '../tensor/arguments.ts'
import { belowOne, notNegative, readOptions } from '../tensor/options.ts'
import { treeMap } from '../tensor/tree.ts'
import type { AdamOptions } from './adam.ts'
import { normalizeByMoments } from './adam.ts'
import type { Optimizer } from './optimizer.ts'
import { chain, named, transformation } from './optimizer.ts'
import { descend, learningRateRule } from './scaling.ts'
import { rateProblems, rateRule } from './schedule.ts'

interface Last {
  readonly last: unknown
}

/** u(t) -> 2 u(t) - u(t - 1), from u(0) = 0. */
const expectNext: Optimizer = transformation<Last>({
  name: 'expectNext',
  init: (params) => ({ last: treeMap(zerosLike, params) }),
  update: (updates, { last }) => [
    treeMap((u, before) => sub(mul(2, u), before), updates, last as typeof updates),
    { last: updates }
  ]
})

/**
 * Makes optimistic Adam, with u(t) = m̂ / (√(v̂ + epsilonRoot) + epsilon) the step of Adam and u(0) = 0. Each player
 * moves as if its next gradient went on changing as it did, which keeps a game from circling around its equilibrium.
 * The first step is twice that of Adam. Optimism about plain gradients, of all players, is `Update.optimistic`;
 * extra-Adam is `Update.extragradient()` with `Opt.adam`.
 *
 * @formula p <- p - learningRate (2 u(t) - u(t - 1))
 * @cost three copies of the parameters, and no gradient more than Adam
 * @when players circle
 * @see Daskalakis, Ilyas, Syrgkanis and Zeng, Training GANs with optimism (2018), algorithm 1
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const optimizer = Opt.optimisticAdam({ learningRate: 0.01 })
 * const params = tensor([1, 1])
 * const [first, state] = optimizer.update(tensor([5, -0.3]), optimizer.init(params), params)
 * first.data // => [-0.02, 0.02]
 * optimizer.update(tensor([5, -0.3]), state, params)[0].data // => [-0.01, 0.01]
 */
export const optimisticAdam = (options: Omit<AdamOptions, 'lazy'>, ...more: None): Optimizer => {
  const usual = { b1: 0.9, b2: 0.999, epsilon: 1e-8, epsilonRoot: 0 }
  const rules = {
    learningRate: learningRateRule,
    b1: rateRule(belowOne),
    b2: rateRule(belowOne),
    epsilon: notNegative,
    epsilonRoot: notNegative
  }
  const { all, problems } = readOptions(usual, options, rules, {}, more)
  return named(
    'optimisticAdam',
    all,
    [...problems, ...rateProblems(all)],
    chain(normalizeByMoments(all.b1, all.b2, all.epsilon, all.epsilonRoot), expectNext, descend(all.learningRate))
  )
}

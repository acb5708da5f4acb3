import { add, div, mul, square } from '../ops/arithmetic.ts'
import { zerosLike } from '../ops/creation.ts'
import type { None } from '../tensor/arguments.ts'
import { belowOne, notNegative, readOptions } from '../tensor/options.ts'
import { treeMap } from '../tensor/tree.ts'
import { root } from './adam.ts'
import type { Optimizer } from './optimizer.ts'
import { chain, named, transformation } from './optimizer.ts'
import { descend, learningRateRule } from './scaling.ts'
import type { Rate } from './schedule.ts'
import { rateProblems } from './schedule.ts'

export interface RmspropOptions {
  /** A number, or a schedule: of the cycle in a GAN, else of the update. */
  readonly learningRate: Rate
  /** In [0, 1), 0.99 by default, as in PyTorch. */
  readonly decay?: number
  /** Added to the root, 1e-8 by default. */
  readonly epsilon?: number
  /** Added under the root, 0 by default: for those who differentiate through updates. */
  readonly epsilonRoot?: number
}

interface Squares {
  readonly square: unknown
}

const normalizeBySquares = (decay: number, epsilon: number, epsilonRoot: number): Optimizer =>
  transformation<Squares>({
    name: 'normalizeBySquares',
    init: (params) => ({ square: treeMap(zerosLike, params) }),
    update: (gradients, state) => {
      const squares = treeMap(
        (v, g) => add(mul(v, decay), mul(square(g), 1 - decay)),
        state.square as typeof gradients,
        gradients
      )
      const updates = treeMap((g, v) => div(g, add(root(add(v, epsilonRoot)), epsilon)), gradients, squares)
      return [updates, { square: squares }]
    }
  })

const defaults = { decay: 0.99, epsilon: 1e-8, epsilonRoot: 0 }
const rules = { learningRate: learningRateRule, decay: belowOne, epsilon: notNegative, epsilonRoot: notNegative }

/**
 * Makes RMSProp, not centred, without momentum, from v = 0.
 *
 * @formula v <- decay v + (1 - decay) g²; p <- p - learningRate g / (√(v + epsilonRoot) + epsilon)
 * @cost a copy of the parameters
 * @when weights are clipped, as in the first WGAN, whose authors found momentum to hurt
 * @see Tieleman and Hinton, Neural networks for machine learning (2012), lecture 6.5
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const optimizer = Opt.rmsprop({ learningRate: 0.01, decay: 0.75 })
 * optimizer.update(tensor([3]), optimizer.init(tensor([0])), tensor([0]))[0].data // => [-0.02]
 */
export const rmsprop = (options: RmspropOptions, ...more: None): Optimizer => {
  const { all, problems } = readOptions(defaults, options, rules, {}, more)
  return named(
    'rmsprop',
    all,
    [...problems, ...rateProblems(all)],
    chain(normalizeBySquares(all.decay, all.epsilon, all.epsilonRoot), descend(all.learningRate))
  )
}

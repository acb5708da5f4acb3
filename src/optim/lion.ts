import { add, mul, sign } from '../ops/arithmetic.ts'
import { zerosLike } from '../ops/creation.ts'
import type { None } from '../tensor/arguments.ts'
import { belowOne, notNegative, readOptions } from '../tensor/options.ts'
import { treeMap } from '../tensor/tree.ts'
import type { Optimizer } from './optimizer.ts'
import { chain, named, transformation } from './optimizer.ts'
import { addDecayedWeights, descend, learningRateRule } from './scaling.ts'
import type { Rate } from './schedule.ts'
import { rateProblems } from './schedule.ts'

export interface LionOptions {
  /** A number, or a schedule; a third to a tenth of Adam's, since every parameter moves by all of it. */
  readonly learningRate: Rate
  /** Weight of the mean of gradients in the direction, in [0, 1); 0.9 by default. */
  readonly b1?: number
  /** Decay of the mean of gradients, in [0, 1); 0.99 by default. */
  readonly b2?: number
  /** At least 0, three to ten times AdamW's; 0 by default. */
  readonly weightDecay?: number
}

interface Mean {
  readonly mean: unknown
}

/** sign(b1 m + (1 - b1) g), and then m <- b2 m + (1 - b2) g, from 0. */
const signOfMean = (b1: number, b2: number): Optimizer =>
  transformation<Mean>({
    name: 'signOfMean',
    init: (params) => ({ mean: treeMap(zerosLike, params) }),
    update: (gradients, state) => {
      const means = state.mean as typeof gradients
      const mixed = (b: number) => treeMap((m, g) => add(mul(m, b), mul(g, 1 - b)), means, gradients)
      return [treeMap(sign, mixed(b1)), { mean: mixed(b2) }]
    }
  })

/**
 * Makes Lion, from m = 0. The sign's derivative is 0: update rules that differentiate through steps
 * (`Update.unrolled`) see them as constants.
 *
 * @formula p <- p - learningRate (sign(b1 m + (1 - b1) g) + weightDecay p); m <- b2 m + (1 - b2) g
 * @cost a copy of the parameters, half of what Adam needs
 * @when memory is scarce, with a third to a tenth of Adam's rate
 * @see Chen et al., Symbolic discovery of optimization algorithms (2023), algorithm 2
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const optimizer = Opt.lion({ learningRate: 0.1 })
 * const [first, state] = optimizer.update(tensor([5, -0.3]), optimizer.init(tensor([0, 0])), tensor([0, 0]))
 * first.data // => [-0.1, 0.1]
 * optimizer.update(tensor([-0.4, 0.1]), state, tensor([0, 0]))[0].data // => [-0.1, -0.1]
 */
export const lion = (options: LionOptions, ...more: None): Optimizer => {
  const usual = { b1: 0.9, b2: 0.99, weightDecay: 0 }
  const rules = { learningRate: learningRateRule, b1: belowOne, b2: belowOne, weightDecay: notNegative }
  const { all, problems } = readOptions(usual, options, rules, {}, more)
  return named(
    'lion',
    all,
    [...problems, ...rateProblems(all)],
    chain(signOfMean(all.b1, all.b2), addDecayedWeights(all.weightDecay), descend(all.learningRate))
  )
}

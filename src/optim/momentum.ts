import { add, mul } from '../ops/arithmetic.ts'
import { zerosLike } from '../ops/creation.ts'
import type { None } from '../tensor/arguments.ts'
import { belowOne, readOptions } from '../tensor/options.ts'
import { treeMap } from '../tensor/tree.ts'
import type { Optimizer } from './optimizer.ts'
import { chain, named, transformation } from './optimizer.ts'
import { descend, learningRateRule } from './scaling.ts'
import type { Rate } from './schedule.ts'
import { rateProblems } from './schedule.ts'

export interface SgdOptions {
  /** A number, or a schedule: of the cycle in a GAN, else of the update. */
  readonly learningRate: Rate
}

export interface MomentumOptions extends SgdOptions {
  /** In [0, 1), 0.9 by default. */
  readonly momentum?: number
}

/**
 * Makes gradient descent.
 *
 * @formula p <- p - learningRate g
 * @cost no memory
 * @when theory is to be followed, as in games whose end is known
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * Opt.sgd({ learningRate: 0.1 }).update(tensor([1, -2]), [], tensor([0, 0]))[0].data // => [-0.1, 0.2]
 */
export const sgd = (options: SgdOptions, ...more: None): Optimizer => {
  const { all, problems } = readOptions({}, options, { learningRate: learningRateRule }, {}, more)
  return named('sgd', all, [...problems, ...rateProblems(all)], descend(all.learningRate))
}

interface Velocity {
  readonly velocity: unknown
}

/** m <- momentum m + g from m = 0; the result is m, or g + momentum m. */
const accelerate = (momentum: number, isNesterov: boolean): Optimizer =>
  transformation<Velocity>({
    name: 'accelerate',
    init: (params) => ({ velocity: treeMap(zerosLike, params) }),
    update: (gradients, state) => {
      const velocity = treeMap((m, g) => add(mul(m, momentum), g), state.velocity as typeof gradients, gradients)
      const updates = isNesterov ? treeMap((m, g) => add(mul(m, momentum), g), velocity, gradients) : velocity
      return [updates, { velocity }]
    }
  })

const accelerated = (name: 'momentum' | 'nesterov', options: MomentumOptions, more: None): Optimizer => {
  const rules = { learningRate: learningRateRule, momentum: belowOne }
  const { all, problems } = readOptions({ momentum: 0.9 }, options, rules, {}, more)
  return named(
    name,
    all,
    [...problems, ...rateProblems(all)],
    chain(accelerate(all.momentum, name === 'nesterov'), descend(all.learningRate))
  )
}

/**
 * Makes the heavy ball, as in PyTorch, from m = 0.
 *
 * @formula m <- momentum m + g; p <- p - learningRate m
 * @cost a copy of the parameters
 * @when gradients are noisy; with a negative momentum in games
 * @see Polyak, Some methods of speeding up the convergence of iteration methods (1964)
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const optimizer = Opt.momentum({ learningRate: 1, momentum: 0.5 })
 * const [, state] = optimizer.update(tensor([1]), optimizer.init(tensor([0])), tensor([0]))
 * optimizer.update(tensor([1]), state, tensor([0]))[0].data // => [-1.5]
 */
export const momentum = (options: MomentumOptions, ...more: None): Optimizer => accelerated('momentum', options, more)

/**
 * Makes Nesterov's momentum, as in PyTorch, from m = 0.
 *
 * @formula m <- momentum m + g; p <- p - learningRate (g + momentum m)
 * @cost a copy of the parameters
 * @when `momentum` overshoots
 * @see Sutskever et al., On the importance of initialization and momentum in deep learning (2013)
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const optimizer = Opt.nesterov({ learningRate: 1, momentum: 0.5 })
 * optimizer.update(tensor([1]), optimizer.init(tensor([0])), tensor([0]))[0].data // => [-1.5]
 */
export const nesterov = (options: MomentumOptions, ...more: None): Optimizer => accelerated('nesterov', options, more)

import { add, clamp, mul, square } from '../ops/arithmetic.ts'
import { greater, where } from '../ops/comparison.ts'
import { sqrt } from '../ops/elementary.ts'
import { sum } from '../ops/reduction.ts'
import { o } from '../primitives/vocabulary.ts'
import { finite, notNegative, positive, readOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { treeLeaves, treeMap } from '../tensor/tree.ts'
import type { Optimizer } from './optimizer.ts'
import { transformation } from './optimizer.ts'
import type { Rate, Schedule } from './schedule.ts'
import { rateAt, rateProblems, rateRule } from './schedule.ts'

/** Makes a transformation without a state. */
const stateless = (
  name: string,
  options: Readonly<Record<string, unknown>>,
  problems: Optimizer['problems'],
  f: <P>(gradients: P, params: P) => P
): Optimizer =>
  transformation<readonly []>({
    name,
    options,
    problems,
    init: () => [],
    update: (gradients, state, params) => [f(gradients, params), state]
  })

/** Counts the updates so far: an int32 scalar. */
export interface Count {
  readonly count: Tensor
}
export const noUpdates = (): Tensor => o.full([], 0, 'int32')

/**
 * Scales gradients: factor g.
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * Opt.scale(-0.5).update(tensor([2, 4]), [], tensor([0, 0]))[0].data // => [-1, -2]
 */
export const scale = (factor: number): Optimizer =>
  stateless('scale', { factor }, readOptions({}, {}, { factor: finite }, { factor }).problems, (gradients) =>
    treeMap((g) => mul(g, factor), gradients)
  )

/** sign · rate(count) · g, where only a schedule needs the count. */
const scaleByRate = (name: string, option: string, rate: Rate, sign: 1 | -1): Optimizer =>
  typeof rate === 'number'
    ? stateless(name, { [option]: rate }, [], (gradients) => treeMap((g) => mul(g, sign * rate), gradients))
    : transformation<Count>({
        name,
        options: { [option]: rate },
        problems: rateProblems({ [option]: rate }),
        init: () => ({ count: noUpdates() }),
        update: (gradients, { count }) => [
          treeMap((g) => mul(g, mul(rateAt(rate, count), sign)), gradients),
          { count: add(count, 1) }
        ]
      })

/**
 * Scales gradients by a schedule: schedule(t) g at the t-th update, counted from 0.
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const halving = Opt.scaleBySchedule(Opt.exponential(1, 0.5, 1))
 * const [first, state] = halving.update(tensor(8), halving.init(tensor(0)), tensor(0))
 * const [second] = halving.update(tensor(8), state, tensor(0))
 * first.data // => [8]
 * second.data // => [4]
 */
export const scaleBySchedule = (schedule: Schedule): Optimizer =>
  scaleByRate('scaleBySchedule', 'schedule', schedule, 1)

/** Makes the last link of every optimizer here: -learningRate g. */
export const descend = (learningRate: Rate): Optimizer => scaleByRate('descend', 'learningRate', learningRate, -1)

/** How learning rates are checked. */
export const learningRateRule = rateRule(notNegative)

/**
 * Clips by the global norm: all gradients times min(1, maxNorm / ‖g‖), with ‖g‖ the norm of all leaves together. Its
 * derivatives are finite at 0.
 *
 * Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks" (2013), algorithm 1.
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const gradients = { a: tensor([3]), b: tensor([4]) }
 * Opt.clipByNorm(1).update(gradients, [], gradients)[0].b.data // => [0.8]
 * Opt.clipByNorm(9).update(gradients, [], gradients)[0].b.data // => [4]
 */
export const clipByNorm = (maxNorm: number): Optimizer =>
  stateless(
    'clipByNorm',
    { maxNorm },
    readOptions({}, {}, { maxNorm: positive }, { maxNorm }).problems,
    (gradients) => {
      const leaves = treeLeaves(gradients)
      if (leaves.length === 0) return gradients
      const squares = leaves.map((g) => sum(square(g))).reduce((a, b) => add(a, b))
      const isLarge = greater(squares, maxNorm ** 2)
      const norm = sqrt(where(isLarge, squares, maxNorm ** 2))
      const factor = o.div(maxNorm, norm)
      return treeMap((g) => mul(g, factor), gradients)
    }
  )

/**
 * Clips every element of the gradients to [-limit, limit].
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * Opt.clipByValue(1).update(tensor([0.5, -3]), [], tensor([0, 0]))[0].data // => [0.5, -1]
 */
export const clipByValue = (limit: number): Optimizer =>
  stateless('clipByValue', { limit }, readOptions({}, {}, { limit: positive }, { limit }).problems, (gradients) =>
    treeMap((g) => clamp(g, { min: -limit, max: limit }), gradients)
  )

/**
 * Adds weight decay, g + decay p with p the parameters, where a learning rate follows.
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * Opt.addDecayedWeights(0.1).update(tensor([1]), [], tensor([20]))[0].data // => [3]
 */
export const addDecayedWeights = (decay: number): Optimizer =>
  stateless(
    'addDecayedWeights',
    { decay },
    readOptions({}, {}, { decay: notNegative }, { decay }).problems,
    (gradients, params) => treeMap((g, p) => add(g, mul(p, decay)), gradients, params)
  )

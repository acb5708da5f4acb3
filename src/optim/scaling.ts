import { add, clamp, mul, square } from '../ops/arithmetic.ts'
import { greater, where } from '../ops/comparison.ts'
import { sqrt } from '../ops/elementary.ts'
import { sum } from '../ops/reduction.ts'
import { o } from '../primitives/vocabulary.ts'
import type { None } from '../tensor/arguments.ts'
import { anyFunction, finite, notNegative, positive, readOptions } from '../tensor/options.ts'
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
 * Scales gradients.
 *
 * @formula g -> factor g
 * @cost one pass over the gradients
 * @when a chain is to climb (-1), or to step by a fixed rate
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * Opt.scale(-0.5).update(tensor([2, 4]), [], tensor([0, 0]))[0].data // => [-1, -2]
 */
export const scale = (factor: number, ...more: None): Optimizer =>
  stateless('scale', { factor }, readOptions({}, {}, { factor: finite }, { factor }, more).problems, (gradients) =>
    treeMap((g) => mul(g, factor), gradients)
  )

/** sign · rate(step) · g, where only a schedule needs the step, or the count in place of it. */
const scaleByRate = (
  name: string,
  option: string,
  rate: Rate,
  sign: 1 | -1,
  problems: Optimizer['problems'] = rateProblems({ [option]: rate })
): Optimizer =>
  typeof rate === 'number'
    ? stateless(name, { [option]: rate }, [], (gradients) => treeMap((g) => mul(g, sign * rate), gradients))
    : transformation<Count>({
        name,
        options: { [option]: rate },
        problems,
        init: () => ({ count: noUpdates() }),
        update: (gradients, { count }, _, step) => [
          treeMap((g) => mul(g, mul(rateAt(rate, count, step), sign)), gradients),
          { count: add(count, 1) }
        ]
      })

/**
 * Scales gradients by a schedule, at the t-th update, counted from 0.
 *
 * @formula g -> schedule(t) g
 * @cost one pass over the gradients
 * @when a chain of one's own has a learning rate
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const halving = Opt.scaleBySchedule(Opt.exponential(1, 0.5, 1))
 * const [first, state] = halving.update(tensor(8), halving.init(tensor(0)), tensor(0))
 * const [second] = halving.update(tensor(8), state, tensor(0))
 * first.data // => [8]
 * second.data // => [4]
 */
export const scaleBySchedule = (schedule: Schedule, ...more: None): Optimizer => {
  const { problems } = readOptions({}, {}, { schedule: anyFunction }, { schedule }, more)
  const rate: Rate = typeof schedule === 'function' ? schedule : () => noUpdates()
  return scaleByRate('scaleBySchedule', 'schedule', rate, 1, [...problems, ...rateProblems({ schedule })])
}

/** Makes the last link of every optimizer here: -learningRate g. */
export const descend = (learningRate: Rate): Optimizer => scaleByRate('descend', 'learningRate', learningRate, -1)

/** How learning rates are checked. */
export const learningRateRule = rateRule(notNegative)

/**
 * Clips by the global norm ‖g‖ of all leaves together. Its derivatives are finite at 0.
 *
 * @formula g -> g min(1, maxNorm / ‖g‖)
 * @cost two passes over the gradients
 * @when rare gradients are huge
 * @see Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks (2013), algorithm 1
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const gradients = { a: tensor([3]), b: tensor([4]) }
 * Opt.clipByNorm(1).update(gradients, [], gradients)[0].b.data // => [0.8]
 * Opt.clipByNorm(9).update(gradients, [], gradients)[0].b.data // => [4]
 */
export const clipByNorm = (maxNorm: number, ...more: None): Optimizer =>
  stateless(
    'clipByNorm',
    { maxNorm },
    readOptions({}, {}, { maxNorm: positive }, { maxNorm }, more).problems,
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
 * @formula g -> max(-limit, min(g, limit))
 * @cost one pass over the gradients
 * @when single elements are huge; the direction changes
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * Opt.clipByValue(1).update(tensor([0.5, -3]), [], tensor([0, 0]))[0].data // => [0.5, -1]
 */
export const clipByValue = (limit: number, ...more: None): Optimizer =>
  stateless('clipByValue', { limit }, readOptions({}, {}, { limit: positive }, { limit }, more).problems, (gradients) =>
    treeMap((g) => clamp(g, { min: -limit, max: limit }), gradients)
  )

/**
 * Adds weight decay, p being the parameters, where a learning rate follows.
 *
 * @formula g -> g + decay p
 * @cost one pass over the parameters
 * @when weights are to stay small, in a chain before an optimizer
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * Opt.addDecayedWeights(0.1).update(tensor([1]), [], tensor([20]))[0].data // => [3]
 */
export const addDecayedWeights = (decay: number, ...more: None): Optimizer =>
  stateless(
    'addDecayedWeights',
    { decay },
    readOptions({}, {}, { decay: notNegative }, { decay }, more).problems,
    (gradients, params) => treeMap((g, p) => add(g, mul(p, decay)), gradients, params)
  )

import { add, min, mul } from '../ops/arithmetic.ts'
import { convert } from '../ops/conversion.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireTensor } from '../tensor/arguments.ts'
import { notNegative, positive, readOptions } from '../tensor/options.ts'
import { refuse } from '../tensor/problem.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { NamedSchedule, Rate } from './schedule.ts'
import { rateAt, rateProblems, rateRule } from './schedule.ts'

/**
 * Makes a schedule that begins small, so the first step has 1 / steps of the rate, and from step `steps` - 1 on it is
 * the rate, a number or another schedule, whose own clock it leaves alone. `Opt.byUpdates` belongs around the whole.
 *
 * @formula rate(t) min(1, (t + 1) / steps)
 * @see Goyal et al., Accurate, large minibatch SGD (2017), section 2.2
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const rate = Opt.warmUp(4, Opt.cosine(1, 0, 100))
 * Opt.warmUp(4, 0.1)(tensor(1, [], 'int32')).data // => [0.05]
 * rate(tensor(50, [], 'int32')).data // => [0.5]
 */
export const warmUp = (steps: number, rate: Rate, ...more: None): NamedSchedule => {
  const rules = { steps: positive, rate: rateRule(notNegative) }
  const found = readOptions({}, {}, rules, { steps, rate }, more).problems
  const problems = [...found, ...rateProblems({ rate })]
  const at = (step: Tensor, ...others: None): Tensor => {
    refuseMore('Opt.warmUp', others)
    refuse('Opt.warmUp', problems)
    const t = convert(requireTensor('Opt.warmUp', step, 'the step, an int32 scalar'), 'float32')
    return mul(min(mul(add(t, 1), 1 / steps), 1), rateAt(rate, step))
  }
  return Object.assign(at, { schedule: 'warmUp', options: { steps, rate }, problems })
}

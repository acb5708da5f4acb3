import { add, min, mul } from '../ops/arithmetic.ts'
import { less, where } from '../ops/comparison.ts'
import { convert } from '../ops/conversion.ts'
import { cos, exp } from '../ops/elementary.ts'
import { o } from '../primitives/vocabulary.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireFunction, requireTensor } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import type { Problem } from '../tensor/problem.ts'
import { countOrZero, either, finite, positive, readOptions } from '../tensor/options.ts'
import { refuse, showValue } from '../tensor/problem.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isTensor, showAval } from '../tensor/tensor.ts'

/**
 * Computes a number from the step: a function of an int32 scalar, 0 at first, to a float32 scalar. The step is the number
 * of the cycle in a GAN, and of the update elsewhere. It is evaluated inside the trace, so a change of its value never recompiles. Any function will do.
 */
export type Schedule = (step: Tensor) => Tensor

/** A schedule of this library, which knows its name and numbers. */
export interface NamedSchedule extends Schedule {
  readonly schedule: string
  readonly options: Readonly<Record<string, unknown>>
  readonly problems: readonly Problem[]
}

/** A number, or one that depends on the step. */
export type Rate = number | Schedule

export const isSchedule = (x: unknown): x is NamedSchedule =>
  typeof x === 'function' && 'schedule' in x && 'problems' in x && Array.isArray(x.problems)

const named = (
  schedule: string,
  options: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, Rule>>,
  more: readonly unknown[],
  f: (t: Tensor) => Tensor
): NamedSchedule => {
  const op = `Opt.${schedule}`
  const { problems } = readOptions({}, {}, rules, options, more)
  const at = (step: Tensor, ...others: None): Tensor => {
    refuseMore(op, others)
    refuse(op, problems)
    return f(convert(requireTensor(op, step, 'the step, an int32 scalar'), 'float32'))
  }
  return Object.assign(at, { schedule, options, problems })
}

/** Marks schedules that count updates, whatever step they are told. */
const counting = Symbol('counts updates')

/**
 * Makes a schedule count a player's own updates. Otherwise schedules count cycles in a GAN: with five critic steps a
 * cycle, a decay over 100 lasts for 100 cycles, and for 20 by updates.
 *
 * @formula schedule(updates of the player)
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const rate = Opt.byUpdates(Opt.linear(1, 0, 4))
 * rate(tensor(1, [], 'int32')).data // => [0.75]
 */
export const byUpdates = (schedule: Schedule, ...more: None): NamedSchedule => {
  refuseMore('Opt.byUpdates', more)
  const given = requireFunction('Opt.byUpdates', schedule, 'a schedule')
  const at = (...args: Parameters<Schedule>): Tensor => given(...args)
  const problems = isSchedule(given) ? given.problems : []
  return Object.assign(at, { schedule: 'byUpdates', options: { schedule: given }, problems, [counting]: true })
}

/**
 * Computes the value of a rate at a step, the count of updates by default, and fails where a schedule gives anything but
 * a scalar.
 */
export const rateAt = (rate: Rate, count: Tensor, step: Tensor = count): number | Tensor => {
  if (typeof rate === 'number') return rate
  const value: unknown = rate(counting in rate ? count : step)
  return typeof value === 'number' || (isTensor(value) && value.shape.length === 0)
    ? value
    : fail('ShapeMisfit', {
        op: isSchedule(rate) ? `Opt.${rate.schedule}` : 'a schedule',
        expected: 'a scalar for each step',
        actual: isTensor(value) ? showAval(value) : showValue(value),
        hint: 'A schedule takes the step, an int32 scalar, to a scalar'
      })
}

/** States what an option that is a rate may be; a schedule's own problems are collected by `rateProblems`. */
export const rateRule = (number: Rule): Rule =>
  either(number, { expected: 'a schedule', accepts: (x) => typeof x === 'function' })

/** Collects the problems of the schedules among some options. */
export const rateProblems = (options: object): readonly Problem[] =>
  Object.entries(options).flatMap(([key, value]) =>
    isSchedule(value) ? value.problems.map((problem) => ({ ...problem, path: [key, ...problem.path] })) : []
  )

/**
 * Multiplies two rates, step by step. `byUpdates` belongs around the product: its factors are given the same step.
 *
 * @formula a(t) b(t)
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const rate = Opt.product(0.1, Opt.linear(1, 0, 4))
 * rate(tensor(1, [], 'int32')).data // => [0.075]
 */
export const product = (a: Rate, b: Rate, ...more: None): NamedSchedule => {
  const { problems: own } = readOptions({}, {}, { a: rateRule(finite), b: rateRule(finite) }, { a, b }, more)
  const problems = [...own, ...rateProblems({ a, b })]
  const at = (step: Tensor, ...others: None): Tensor => {
    refuseMore('Opt.product', others)
    refuse('Opt.product', problems)
    return mul(rateAt(a, step), rateAt(b, step))
  }
  return Object.assign(at, { schedule: 'product', options: { a, b }, problems })
}

/** t / steps, at most 1. */
const progress = (t: Tensor, steps: number): Tensor => min(mul(t, 1 / steps), 1)

/**
 * Makes a schedule that gives the same number at every step.
 *
 * @formula value
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * Opt.constant(0.1)(tensor(7, [], 'int32')).data // => [0.1]
 */
export const constant = (value: number, ...more: None): NamedSchedule =>
  named('constant', { value }, { value: finite }, more, () => o.full([], value))

/**
 * Makes a linear schedule, and `to` from then on.
 *
 * @formula from + (to - from) t / steps
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * Opt.linear(1, 0, 4)(tensor(1, [], 'int32')).data // => [0.75]
 */
export const linear = (from: number, to: number, steps: number, ...more: None): NamedSchedule =>
  named('linear', { from, to, steps }, { from: finite, to: finite, steps: positive }, more, (t) =>
    add(mul(progress(t, steps), to - from), from)
  )

/**
 * Makes half a cosine, and `to` from then on.
 *
 * @formula to + (from - to) (1 + cos(π t / steps)) / 2
 * @see Loshchilov and Hutter, SGDR (2017), equation 5, without restarts
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * Opt.cosine(1, 0, 4)(tensor(2, [], 'int32')).data // => [0.5]
 */
export const cosine = (from: number, to: number, steps: number, ...more: None): NamedSchedule =>
  named('cosine', { from, to, steps }, { from: finite, to: finite, steps: positive }, more, (t) =>
    add(mul(add(cos(mul(progress(t, steps), Math.PI)), 1), (from - to) / 2), to)
  )

/**
 * Makes an exponential schedule: multiplied by `rate` every `steps` steps, continuously.
 *
 * @formula from rate^(t / steps)
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * Opt.exponential(1, 0.5, 10)(tensor(20, [], 'int32')).data // => [0.25]
 */
export const exponential = (from: number, rate: number, steps: number, ...more: None): NamedSchedule =>
  named('exponential', { from, rate, steps }, { from: finite, rate: positive, steps: positive }, more, (t) =>
    mul(exp(mul(t, Math.log(rate) / steps)), from)
  )

/** Pairs of a step and the value from that step on. */
export type Pieces = readonly (readonly [step: number, value: number])[]

const areAscending = (steps: readonly number[]): boolean =>
  steps.every((step, i) => countOrZero.accepts(step) && step > (steps[i - 1] ?? -1))

const pieces: Rule = {
  expected: 'pairs of a step and a value, steps ascending',
  accepts: (x) =>
    Array.isArray(x) &&
    x.every((piece) => Array.isArray(piece) && piece.length === 2 && finite.accepts(piece[1])) &&
    areAscending((x as Pieces).map(([step]) => step))
}

/**
 * Makes a schedule of pieces: `from`, and from each given step on the value beside it.
 *
 * @formula the value of the last given step that is at most t
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const schedule = Opt.piecewise(1, [[10, 0.1], [20, 0.01]])
 * schedule(tensor(9, [], 'int32')).data // => [1]
 * schedule(tensor(10, [], 'int32')).data // => [0.1]
 */
export const piecewise = (from: number, then: Pieces, ...more: None): NamedSchedule =>
  named('piecewise', { from, then }, { from: finite, then: pieces }, more, (t) =>
    then.reduce((value, [step, next]) => where(less(t, step), value, next), o.full([], from))
  )

import type { None } from '../tensor/arguments.ts'
import type { Precision } from '../tensor/dtype.ts'
import type { Rules } from '../tensor/options.ts'
import { oneOf, optional } from '../tensor/options.ts'
import type { Arguments } from './arguments.ts'
import { requireGiven } from './given.ts'
import { evaluateNow } from './staged.ts'

export interface EvaluateOptions {
  readonly precision?: Precision
}

const rules: Rules = { precision: optional(oneOf('float32', 'float64')) }

/**
 * Evaluates `f` at once by the reference evaluator, as one program. `precision: 'float64'` keeps doubles throughout
 * (results are Float64Arrays), which is what gradient checks use; default float32.
 *
 * @example
 * import { evaluate, exp } from 'saddlepoint'
 * evaluate(() => exp(1), { precision: 'float64' })().data[0] // => 2.718281828459045
 */
export function evaluate<A extends Arguments, R>(f: (...args: A) => R, options?: EvaluateOptions): (...args: A) => R
export function evaluate<A extends Arguments, R>(
  f: (...args: A) => R,
  given?: EvaluateOptions,
  ...more: None
): (...args: A) => R {
  const { precision = 'float32' } = requireGiven('evaluate', f, more, given, rules)
  return (...args) => evaluateNow('evaluate', args, (_, values) => f(...values), precision)
}
